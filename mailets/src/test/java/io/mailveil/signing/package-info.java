/** Signs mail as internet providers do; for tests, and sharing no code with what verifies. */
package io.mailveil.signing;
