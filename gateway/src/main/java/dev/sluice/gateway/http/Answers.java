package dev.sluice.gateway.http;

import dev.sluice.engine.Reply;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.wire.Problem;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.job.InvalidValue;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where what went wrong becomes an answer: the only such place. */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long STORE_RETRY_SECONDS = 2;

    private Answers() {}

    /** What a request to change a job means to the asker when the engine calls it invalid. */
    enum Invalid {
        /** Something in the request is wrong. */
        REQUEST,
        /** The request is well; how things stand forbids it. */
        STANDING;

        private Code code() {
            return switch (this) {
                case REQUEST -> Code.INVALID_REQUEST;
                case STANDING -> Code.CONFLICT;
            };
        }
    }

    /** The answer to a reply that is a refusal; empty for one that is none. */
    static Optional<Answer> refusal(Reply reply, Invalid meaning) {
        return switch (reply) {
            case Reply.KeyConflict conflict -> Optional.of(Answer.problem(Code.KEY_CONFLICT, conflict.message()));
            case Reply.Busy busy ->
                Optional.of(Answer.busy(busy.what(), busy.retryAfter().toSeconds()));
            case Reply.Invalid invalid -> Optional.of(Answer.problem(meaning.code(), invalid.message()));
            case Reply.CannotRun never -> Optional.of(Answer.problem(Code.CANNOT_RUN, never.message()));
            case Reply.Full full ->
                Optional.of(Answer.problem(Code.QUEUE_FULL, full.what())
                        .retryAfter(full.retryAfter().toSeconds()));
            case Reply.NotFound missing -> Optional.of(Answer.problem(Code.NOT_FOUND, missing.message()));
            case Reply.Forbidden forbidden -> Optional.of(Answer.problem(Code.FORBIDDEN, forbidden.message()));
            case Reply.Silent good -> Optional.empty();
            case Reply.Accepted good -> Optional.empty();
            case Reply.Done good -> Optional.empty();
            case Reply.Explained good -> Optional.empty();
            case Reply.Tried good -> Optional.empty();
            case Reply.ClustersStand good -> Optional.empty();
            case Reply.ProjectsStand good -> Optional.empty();
            case Reply.Unfinished good -> Optional.empty();
        };
    }

    /** The answer to a reply of a kind that the request never gets. */
    static Answer unexpected(Reply reply) {
        return thrown(new IllegalStateException(
                "a reply of another kind: " + reply.getClass().getSimpleName()));
    }

    /** The answer when something was thrown. What is no fault of the asker's is logged here, once, and named in the answer. */
    static Answer thrown(Throwable thrown) {
        return switch (thrown) {
            case InvalidValue invalid ->
                Answer.problem(Problem.invalid(List.of(new Problem.Error(
                        invalid.field(), "expected " + invalid.expected() + ", found " + invalid.found()))));
            case StoreLost lost -> {
                LOG.warn("the store does not answer a reader", lost);
                yield Answer.busy("the store does not answer; try again", STORE_RETRY_SECONDS);
            }
            case Throwable other -> {
                byte[] bits = new byte[8];
                RANDOM.nextBytes(bits);
                String occurrence = "urn:sluice:occurrence:" + HexFormat.of().formatHex(bits);
                LOG.error("internal error {}", occurrence, other);
                yield Answer.problem(Problem.of(
                                Code.INTERNAL,
                                "an error of the gateway's; its log tells more under the name given as instance")
                        .at(occurrence));
            }
        };
    }
}
