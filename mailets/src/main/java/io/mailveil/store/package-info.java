/** store. */
package io.mailveil.store;
