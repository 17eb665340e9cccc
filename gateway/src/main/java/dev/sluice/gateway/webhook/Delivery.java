package dev.sluice.gateway.webhook;

import dev.sluice.job.JobId;
import dev.sluice.spec.Bytes;
import java.time.Instant;

/**
 * An event of a job that somebody wants to be told.
 *
 * @param sequence of the event
 * @param url where it goes, as the job named it
 * @param type the event's type, as the API writes it
 * @param body the event, as the API writes it
 * @param at when it happened
 * @param tries how often it was tried in vain
 */
public record Delivery(JobId job, long sequence, String url, String type, Bytes body, Instant at, int tries) {
    /** The same at every try, so that whoever gets it twice can tell. */
    String id() {
        return job + "-" + sequence;
    }
}
