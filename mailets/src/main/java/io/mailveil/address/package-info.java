/** address. */
package io.mailveil.address;
