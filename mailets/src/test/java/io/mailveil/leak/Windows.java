package io.mailveil.leak;

import java.util.Arrays;

/** Cuts out of a text the surroundings of the places where something can be decoded, so that the rest is not searched again. */
final class Windows {
    /** Stands at every cut: a letter, so that no name seems to begin or to end there. */
    private static final char CUT = 'X';

    /** Is there something to decode at this place? */
    interface Spot {
        boolean at(String text, int index);
    }

    private Windows() {
    }

    /** The surroundings of all spots. */
    static String around(String text, int margin, Spot spot) {
        return around(text, margin, null, spot);
    }

    /** The surroundings of all spots that begin with one of the characters; empty if there are none; the text itself if they are most. */
    static String around(String text, int margin, String firsts, Spot spot) {
        StringBuilder windows = new StringBuilder();
        int from = -1;
        int to = -1;
        int[] next = new int[firsts == null ? 0 : firsts.length()];
        Arrays.fill(next, -1);
        for (int at = next(text, firsts, next, 0); at < text.length(); at = next(text, firsts, next, at + 1)) {
            if (!spot.at(text, at)) {
                continue;
            }
            if (from < 0) {
                from = Math.max(0, at - margin);
            } else if (at - margin > to) {
                append(text, from, to, windows);
                from = at - margin;
            }
            to = Math.min(text.length(), at + margin);
        }
        if (from < 0) {
            return "";
        }
        append(text, from, to, windows);
        return windows.length() > text.length() * 3 / 4 ? text : windows.toString();
    }

    private static int next(String text, String firsts, int[] next, int start) {
        if (firsts == null) {
            return start;
        }
        int nearest = text.length();
        for (int i = 0; i < next.length; i++) {
            if (next[i] < start) {
                int found = text.indexOf(firsts.charAt(i), start);
                next[i] = found < 0 ? text.length() : found;
            }
            nearest = Math.min(nearest, next[i]);
        }
        return nearest;
    }

    private static void append(String text, int from, int to, StringBuilder windows) {
        if (from > 0) {
            windows.append(CUT);
        }
        windows.append(text, from, to);
        if (to < text.length()) {
            windows.append(CUT);
        }
        windows.append('\n');
    }
}
