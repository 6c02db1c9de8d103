/** mime. */
package io.mailveil.mime;
