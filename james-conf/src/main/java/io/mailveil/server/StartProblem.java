package io.mailveil.server;

/** Something the person at the keyboard can put right: the message is one line that says what is wrong and what to do. */
class StartProblem extends RuntimeException {
    StartProblem(String message) {
        super(message);
    }

    StartProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
