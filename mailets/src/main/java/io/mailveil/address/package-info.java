/**
 * The words of Mailveil as value types: addresses, forward ids, phantom addresses, return paths, sealed message
 * ids and loop marks, and the keys from which they are made.
 *
 * <p>Everything here is a plain value or a keyed function of its arguments: no I/O apart from {@link
 * io.mailveil.address.KeysetFile}, no James, no database. What is written here decides what strings mean for as
 * long as anybody keeps them in an address book, so a change of any format needs a new letter or a new length,
 * never a new meaning for an old string.
 */
package io.mailveil.address;
