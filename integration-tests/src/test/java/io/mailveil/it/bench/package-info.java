/**
 * The load benchmark, {@code ./mvnw -Pbench}: real servers, a load generator and a sink of its own, and a table. How to run it and what
 * came out is told in {@code docs/performance.md}.
 */
package io.mailveil.it.bench;
