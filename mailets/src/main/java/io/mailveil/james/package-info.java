/** james. */
package io.mailveil.james;
