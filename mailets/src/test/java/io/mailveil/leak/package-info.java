/**
 * The leak oracle: a test library that looks for hidden addresses in a message by trying every decoding it knows.
 *
 * <p>It shares no code with the product on purpose, so that the two cannot be wrong in the same way, and it is crude on purpose:
 * where the product has to understand a message, the oracle decodes everything that looks as if it could be decoded, wherever it
 * stands, and looks again. {@link io.mailveil.leak.LeakOracle} is the entry; what it cannot see is written there.
 */
package io.mailveil.leak;
