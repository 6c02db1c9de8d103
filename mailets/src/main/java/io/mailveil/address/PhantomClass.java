package io.mailveil.address;

/**
 * What is known about the person behind a phantom address. Each class gives the same person another phantom
 * address, so that nobody can find out who wrote by having a message forged in a name (DESIGN.md section 3).
 */
public enum PhantomClass {
    /** The mail was authenticated, or a member asked for the phantom. */
    PROVEN,
    /** The mail merely said who it was from. */
    UNPROVEN,
    /** A message of somebody else mentioned the address; bound to that somebody. */
    NAMED
}
