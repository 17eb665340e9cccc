package dev.sluice.gateway.store;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;

/** Where Flyway's log goes. It says at length what is of no interest to anybody; what goes wrong comes as an exception. */
public final class Silence implements LogCreator {
    private static final Log LOG = new Log() {
        @Override
        public void debug(String message) {}

        @Override
        public void info(String message) {}

        @Override
        public void warn(String message) {}

        @Override
        public void error(String message) {}

        @Override
        public void error(String message, Exception cause) {}

        @Override
        public void notice(String message) {}
    };

    @Override
    public Log createLogger(Class<?> type) {
        return LOG;
    }
}
