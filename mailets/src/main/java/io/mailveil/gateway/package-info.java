/** gateway. */
package io.mailveil.gateway;
