package dev.sluice.sbatch;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reader of a point in time in sbatch's language: {@code now+1hour}, {@code 16:00}, {@code tomorrow}, {@code 2026-12-01T08:00},
 * {@code 12/31}, {@code noon} (sbatch's manual, {@code --begin}). What names no day means the next that fits. Used once, by one
 * thread.
 */
final class BeginTime {
    private static final Map<String, LocalTime> NAMED = Map.of(
            "midnight", LocalTime.MIDNIGHT,
            "noon", LocalTime.NOON,
            "elevenses", LocalTime.of(11, 0),
            "fika", LocalTime.of(15, 0),
            "teatime", LocalTime.of(16, 0));

    private record Unit(String name, long seconds) {}

    /** The longer of two names first. */
    private static final List<Unit> UNITS = List.of(
            new Unit("seconds", 1),
            new Unit("second", 1),
            new Unit("minutes", 60),
            new Unit("minute", 60),
            new Unit("hours", 3_600),
            new Unit("hour", 3_600),
            new Unit("days", 86_400),
            new Unit("day", 86_400),
            new Unit("weeks", 604_800),
            new Unit("week", 604_800));

    private static final int MOST_DIGITS = 9;
    private static final int HOURS = 23;
    private static final int MINUTES = 59;

    private final String text;
    private final ZonedDateTime now;
    private int at;
    private @Nullable LocalTime time;
    private int month;
    private int day;
    private int year;

    private BeginTime(String text, ZonedDateTime now) {
        this.text = text;
        this.now = now;
    }

    /** The text is no time from this place on. */
    private static final class NoTime extends Exception {
        private static final long serialVersionUID = 1L;

        private final int place;

        NoTime(int place) {
            super(null, null, false, false);
            this.place = place;
        }
    }

    /**
     * Reads a time in now's zone.
     *
     * @throws Stop with sbatch's two lines
     */
    static Instant parse(String text, ZonedDateTime now) {
        BeginTime reader = new BeginTime(text, now);
        try {
            Optional<Instant> instant = reader.read();
            return instant.orElseThrow(() -> Stop.option("Invalid --begin specification"));
        } catch (NoTime e) {
            throw Stop.optionAfter(
                    "Invalid time specification (pos=" + e.place + "): " + text, "Invalid --begin specification");
        }
    }

    private boolean takes(String word) {
        if (!text.regionMatches(true, at, word, 0, word.length())) {
            return false;
        }
        at += word.length();
        return true;
    }

    private char here(int offset) {
        return at + offset < text.length() ? text.charAt(at + offset) : 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private Optional<Instant> read() throws NoTime {
        if (takes("uts")) {
            return Optional.of(Instant.ofEpochSecond(epochSeconds()));
        }
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '-' || c == 'T') {
                at++;
            } else if (takes("today")) {
                on(now.toLocalDate());
            } else if (takes("tomorrow")) {
                on(now.plusHours(24).toLocalDate());
            } else if (takes("now")) {
                ZonedDateTime then = now.plusSeconds(delta());
                on(then.toLocalDate());
                time = then.toLocalTime().withNano(0);
            } else if (!named()) {
                number(c);
            }
        }
        return combined();
    }

    private long epochSeconds() throws NoTime {
        String digits = text.substring(at);
        if (digits.length() > 12 || digits.length() < 7 || !digits.chars().allMatch(c -> isDigit((char) c))) {
            throw new NoTime(0);
        }
        return Long.parseLong(digits);
    }

    private void on(LocalDate date) {
        year = date.getYear();
        month = date.getMonthValue();
        day = date.getDayOfMonth();
    }

    private boolean named() {
        for (Map.Entry<String, LocalTime> entry : NAMED.entrySet()) {
            if (takes(entry.getKey())) {
                time = entry.getValue();
                return true;
            }
        }
        return false;
    }

    /** What follows {@code now}: nothing, or a sign, a number and perhaps a unit. */
    private long delta() throws NoTime {
        while (here(0) == ' ' || here(0) == '\t') {
            at++;
        }
        if (at == text.length()) {
            return 0;
        }
        char sign = here(0);
        if (sign != '+' && sign != '-') {
            throw new NoTime(at);
        }
        int signed = at;
        at++;
        long count = 0;
        int digits = 0;
        while (at < text.length()) {
            if (isDigit(here(0)) && digits < MOST_DIGITS) {
                count = count * 10 + (here(0) - '0');
                digits++;
                at++;
            } else if (here(0) == ' ' || here(0) == '\t') {
                at++;
            } else {
                count *= unit();
                break;
            }
        }
        if (digits == 0) {
            throw new NoTime(signed);
        }
        return sign == '+' ? count : -count;
    }

    private long unit() throws NoTime {
        for (Unit unit : UNITS) {
            if (takes(unit.name())) {
                return unit.seconds();
            }
        }
        // One less, as sbatch counts here.
        throw new NoTime(at - 1);
    }

    private void number(char first) throws NoTime {
        if (!isDigit(first)) {
            throw new NoTime(at);
        }
        if (here(1) == ':' || here(2) == ':') {
            clock();
        } else if (here(4) == '-' && here(7) == '-') {
            year = digits(4, 4);
            at++;
            month = upTo(12, digits(1, 2));
            at++;
            day = upTo(31, digits(1, 2));
        } else {
            month = upTo(12, digits(1, 2));
            separator();
            day = upTo(31, digits(1, 2));
            separator();
            year = isDigit(here(0)) ? 2000 + digits(2, 2) : year;
        }
    }

    private void separator() {
        if (here(0) == '.' || here(0) == '/') {
            at++;
        }
    }

    private int digits(int least, int most) throws NoTime {
        int value = 0;
        int count = 0;
        while (count < most && isDigit(here(0))) {
            value = value * 10 + (here(0) - '0');
            count++;
            at++;
        }
        if (count < least) {
            throw new NoTime(at);
        }
        return value;
    }

    /** A number of two digits that was just read. */
    private int upTo(int most, int value) throws NoTime {
        if (value > most || (value == 0 && most != HOURS && most != MINUTES)) {
            throw new NoTime(at - 2);
        }
        return value;
    }

    private void clock() throws NoTime {
        int hour = upTo(HOURS, digits(1, 2));
        if (here(0) != ':') {
            throw new NoTime(at);
        }
        at++;
        int minute = upTo(MINUTES, digits(2, 2));
        int second = 0;
        if (here(0) == ':') {
            at++;
            second = upTo(MINUTES, digits(2, 2));
        }
        while (here(0) == ' ') {
            at++;
        }
        int half = at;
        if (takes("pm")) {
            hour = hour == 12 ? 12 : hour + 12;
        } else if (takes("am")) {
            hour = hour == 12 ? 0 : hour > 12 ? HOURS + 1 : hour;
        }
        if (hour > HOURS) {
            throw new NoTime(half);
        }
        time = LocalTime.of(hour, minute, second);
    }

    private Optional<Instant> combined() {
        if (time == null && month == 0) {
            return Optional.empty();
        }
        LocalTime clock = time == null ? LocalTime.MIDNIGHT : time;
        // Of the same minute is past: sbatch compares hours and minutes.
        LocalDateTime latest = now.toLocalDateTime().withSecond(59).withNano(999_999_999);
        if (month == 0) {
            LocalDateTime today = now.toLocalDate().atTime(clock);
            return Optional.of((today.isAfter(latest) ? today : today.plusDays(1))
                    .atZone(now.getZone())
                    .toInstant());
        }
        int chosen = year;
        if (chosen == 0) {
            LocalDateTime thisYear = date(now.getYear()).atTime(clock);
            chosen = thisYear.isAfter(latest) ? now.getYear() : now.getYear() + 1;
        }
        return Optional.of(date(chosen).atTime(clock).atZone(now.getZone()).toInstant());
    }

    /** The thirtieth of February is a day in March, as mktime has it. */
    private LocalDate date(int ofYear) {
        return LocalDate.of(ofYear, month, 1).plusDays(day - 1L);
    }
}
