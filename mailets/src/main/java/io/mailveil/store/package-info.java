/**
 * Public addresses, forwards and phantoms over JDBC: the tables that decide (DESIGN.md section 3).
 *
 * <p>{@link io.mailveil.store.Database} opens the database and brings its schema up to date, {@link
 * io.mailveil.store.ForwardStore}, {@link io.mailveil.store.PhantomStore} and {@link io.mailveil.store.AuditStore} have the SQL. All
 * of it runs on Derby and on PostgreSQL; where they differ, {@link io.mailveil.store.Dialect} says how. Nothing is cached:
 * several nodes share one database, and a setting that one of them changes is obeyed by all at once. The schema
 * changes by new files in {@code migrations}, never by editing an old one.
 */
package io.mailveil.store;
