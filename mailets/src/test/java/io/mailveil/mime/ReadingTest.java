package io.mailveil.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody sees does not part a word. */
class ReadingTest {
    private static String read(Reading reading) {
        return reading.substring(0, reading.length());
    }

    /** Property {@code Default_Ignorable_Code_Point} of Unicode 15.1, DerivedCoreProperties.txt. */
    @ParameterizedTest
    @CsvSource({"00AD,00AD", "034F,034F", "061C,061C", "115F,1160", "17B4,17B5", "180B,180F", "200B,200F", "202A,202E", "2060,206F",
        "3164,3164", "FE00,FE0F", "FEFF,FEFF", "FFA0,FFA0", "FFF0,FFF8", "1BCA0,1BCA3", "1D173,1D17A", "E0000,E0FFF"})
    void invisibleCharacterShouldBeLeftOut(String first, String last) {
        IntStream.rangeClosed(Integer.parseInt(first, 16), Integer.parseInt(last, 16)).forEach(code -> {
            assertThat(read(Reading.of("ca" + Character.toString(code) + "rol"))).as("U+%04X", code).isEqualTo("carol");
            assertThat(read(Reading.of("ca&#" + code + ";rol"))).as("&#%d;", code).isEqualTo("carol");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"shy", "zwj", "zwnj", "lrm", "rlm", "ZeroWidthSpace", "NegativeThinSpace", "NegativeMediumSpace",
        "NegativeThickSpace", "NegativeVeryThinSpace", "NoBreak", "af", "ApplyFunction", "it", "InvisibleTimes", "ic", "InvisibleComma"})
    void invisibleEntityShouldBeLeftOut(String name) {
        assertThat(read(Reading.of("ca&" + name + ";rol"))).isEqualTo("carol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u1161", "\u3163", "\u17b6", "\u1810", "\u3042", "\ud83d\ude00", "\ud834\udd72"})
    void visibleNeighbourShouldStay(String character) {
        assertThat(read(Reading.of("ca" + character + "rol"))).isEqualTo("ca" + character + "rol");
    }
}
