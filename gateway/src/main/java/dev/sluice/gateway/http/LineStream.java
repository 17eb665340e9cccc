package dev.sluice.gateway.http;

import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.wire.JobViews;
import dev.sluice.gateway.wire.Problem;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Reading;
import dev.sluice.gateway.wire.SpecReader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A body of one job a line, read and answered line by line. For the thread of its event loop.
 *
 * <p>So many lines are under way at once; then the body is not read on until the first of them is answered, and not either while
 * the client leaves answers unread. Answers leave in the order of the lines, together as far as they are there. A line that is
 * broken, too long or refused is answered as such, and the others go on.
 */
final class LineStream {
    private static final int SMALL = 64 << 10;
    /** Answers that the client has not read: enough for clients that send all before they read anything, within reason. */
    private static final int UNREAD = 1 << 20;

    private final Exchange exchange;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Services services;
    private final HttpSettings settings;
    private final Intake intake;
    private final Budget buffered;
    private final Readers readers;
    private final Consumer<LineStream> whenOver;
    private final SpecReader.Context context;
    private final Deque<Slot> slots = new ArrayDeque<>();
    private final Deque<Buffer> waiting = new ArrayDeque<>();
    private Buffer partial = Buffer.buffer();
    private Line line = Line.READ;
    private long counted;
    private int lines;
    private Coming in = Coming.OPEN;
    private Flow flow = Flow.RUNS;
    /** Whether all of the body has come in. */
    private boolean whole;
    /** Since when the client has left answers unread; 0 for not. */
    private long unread;

    /** What becomes of the line that is coming in. */
    private enum Line {
        READ,
        /** It is too long: the rest of it is thrown away. */
        SKIPPED
    }

    /** Whether more lines are taken. */
    private enum Coming {
        OPEN,
        ENDED,
        /** For good, before the body has ended. */
        REFUSED
    }

    private enum Flow {
        RUNS,
        PAUSED
    }

    /** The place of a line's answer. */
    private static final class Slot {
        private byte @Nullable [] answer;
        private long counted;
    }

    LineStream(
            Exchange exchange,
            Services services,
            HttpSettings settings,
            Intake intake,
            Budget buffered,
            Readers readers,
            Consumer<LineStream> whenOver) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.response = exchange.response();
        this.services = services;
        this.settings = settings;
        this.intake = intake;
        this.buffered = buffered;
        this.readers = readers;
        this.whenOver = whenOver;
        this.context = intake.context(exchange.principal());
    }

    void begin() {
        exchange.body(Exchange.Body.COMING);
        exchange.stream(200, Answer.LINES, this::close, this::beat);
        response.setChunked(true);
        response.setWriteQueueMaxSize(UNREAD);
        response.drainHandler(drained -> exchange.safely(this::goOn));
        request.handler(chunk -> exchange.safely(() -> take(chunk)));
        request.endHandler(end -> exchange.safely(this::end));
        exchange.link().awaitsBody();
    }

    // ---- lines ----

    private void take(Buffer chunk) {
        if (in != Coming.OPEN) {
            return;
        }
        waiting.add(chunk);
        goOn();
    }

    /** Takes lines as long as there are some, and places for their answers. */
    private void goOn() {
        while (in == Coming.OPEN && !waiting.isEmpty() && mayTakeMore()) {
            Buffer chunk = waiting.removeFirst();
            int end = indexOf(chunk);
            if (end < 0) {
                append(chunk);
            } else {
                append(chunk.slice(0, end));
                if (end + 1 < chunk.length()) {
                    waiting.addFirst(chunk.slice(end + 1, chunk.length()));
                }
                lineEnds();
            }
        }
        steer();
        finishIfDone();
    }

    private boolean mayTakeMore() {
        return slots.size() < settings.linesAhead() && !response.writeQueueFull();
    }

    private static int indexOf(Buffer chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            if (chunk.getByte(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void append(Buffer part) {
        if (line == Line.SKIPPED || part.length() == 0) {
            return;
        }
        long size = partial.length() + (long) part.length();
        if (size > settings.maxBody() || size > SMALL && !count(size)) {
            line = Line.SKIPPED;
            uncount();
            partial = Buffer.buffer();
            Problem problem = size > settings.maxBody()
                    ? Problem.of(Code.TOO_LARGE, "line: expected at most " + settings.maxBody() + " bytes, found more")
                    : Problem.of(Code.BUSY, "too many bytes of bodies are in memory already; send the line again");
            answer(slot(), JobViews.refusedLine(problem));
            return;
        }
        partial = partial.length() == 0 ? part.copy() : partial.appendBuffer(part);
    }

    private boolean count(long size) {
        if (!buffered.take(size - counted)) {
            services.listener().refused(HttpListener.Bound.BUFFERED);
            return false;
        }
        counted = size;
        return true;
    }

    private void uncount() {
        buffered.giveBack(counted);
        counted = 0;
    }

    private void lineEnds() {
        Buffer text = partial;
        boolean skipped = line == Line.SKIPPED;
        partial = Buffer.buffer();
        line = Line.READ;
        exchange.link().awaitsBody();
        if (skipped || isBlank(text)) {
            uncount();
            return;
        }
        Slot slot = slot();
        slot.counted = counted;
        counted = 0;
        if (++lines > settings.maxLines()) {
            in = Coming.REFUSED;
            answer(
                    slot,
                    JobViews.refusedLine(Problem.of(
                            Code.TOO_LARGE,
                            "expected at most " + settings.maxLines() + " lines in one request, found more")));
            return;
        }
        byte[] bytes = text.getBytes();
        if (bytes.length > SMALL) {
            work(slot, () -> read(slot, bytes));
        } else {
            guarded(slot, () -> read(slot, bytes));
        }
    }

    private static boolean isBlank(Buffer line) {
        for (int i = 0; i < line.length(); i++) {
            byte b = line.getByte(i);
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private Slot slot() {
        Slot slot = new Slot();
        slots.add(slot);
        return slot;
    }

    // ---- one line ----

    private void guarded(Slot slot, Exchange.Work work) {
        try {
            work.run();
        } catch (Exception | StackOverflowError e) {
            failed(slot, e);
        }
    }

    private void work(Slot slot, Exchange.Work work) {
        if (!readers.run(() -> guarded(slot, work))) {
            services.listener().refused(HttpListener.Bound.READS);
            answer(
                    slot,
                    JobViews.refusedLine(Problem.of(Code.BUSY, "too many reads wait already; send the line again")));
        }
    }

    private void failed(Slot slot, Throwable thrown) {
        answered(slot, refused(Answers.thrown(thrown)));
    }

    private void read(Slot slot, byte[] bytes) throws StoreLost {
        switch (SpecReader.line(bytes, context)) {
            case Reading.Bad<SpecReader.Line>(Problem problem) -> answered(slot, JobViews.refusedLine(problem));
            case Reading.Good<SpecReader.Line>(SpecReader.Line read) -> {
                Optional<Input.Token> token = read.idempotencyKey()
                        .map(key -> KeyHash.of(exchange.principal().user(), key, bytes));
                if (Intake.needsDisk(List.of(read.job())) && bytes.length <= SMALL) {
                    work(slot, () -> handIn(slot, read, token));
                } else {
                    handIn(slot, read, token);
                }
            }
        }
    }

    private void handIn(Slot slot, SpecReader.Line read, Optional<Input.Token> token) throws StoreLost {
        switch (intake.submissions(exchange.principal(), List.of(read.job()))) {
            case Reading.Bad<List<Input.Submission>>(Problem problem) -> answered(slot, JobViews.refusedLine(problem));
            case Reading.Good<List<Input.Submission>>(List<Input.Submission> jobs) -> {
                var unused = services.desk()
                        .ask(new Input.Submit(Access.self(exchange.principal()), token, jobs))
                        .whenComplete((reply, thrown) -> answered(slot, result(read, reply, thrown)));
            }
        }
    }

    private static byte[] result(SpecReader.Line read, @Nullable Reply reply, @Nullable Throwable thrown) {
        if (reply == null) {
            return refused(Answers.thrown(thrown == null ? new IllegalStateException("no reply") : thrown));
        }
        if (reply instanceof Reply.Accepted accepted && accepted.jobs().size() == 1) {
            return JobViews.accepted(accepted.jobs().getFirst(), read.job());
        }
        return refused(Answers.refusal(reply, Answers.Invalid.REQUEST).orElseGet(() -> Answers.unexpected(reply)));
    }

    /** A problem's answer as a line has it: the problem is its body. */
    private static byte[] refused(Answer answer) {
        Buffer line = Buffer.buffer("{\"problem\":").appendBytes(answer.body()).appendByte((byte) '}');
        return line.getBytes();
    }

    /** From any thread. */
    private void answered(Slot slot, byte[] answer) {
        exchange.hand(() -> {
            answer(slot, answer);
            goOn();
        });
    }

    private void answer(Slot slot, byte[] answer) {
        slot.answer = answer;
        buffered.giveBack(slot.counted);
        slot.counted = 0;
        Slot first = slots.peekFirst();
        if (first == slot) {
            flush();
        }
    }

    // ---- answers ----

    private void flush() {
        Buffer out = Buffer.buffer();
        while (!slots.isEmpty()) {
            byte[] answer = slots.getFirst().answer;
            if (answer == null) {
                break;
            }
            slots.removeFirst();
            out.appendBytes(answer).appendByte((byte) '\n');
        }
        if (out.length() > 0) {
            Exchange.ignore(response.write(out));
        }
    }

    /** Reads on, or not. While it is our turn, the client's time does not pass. */
    private void steer() {
        boolean more = in == Coming.OPEN && waiting.isEmpty() && mayTakeMore();
        if (more && flow == Flow.PAUSED) {
            flow = Flow.RUNS;
            exchange.link().awaitsBody();
            request.resume();
        } else if (!more && flow == Flow.RUNS && in == Coming.OPEN) {
            flow = Flow.PAUSED;
            exchange.link().works();
            request.pause();
        }
    }

    private void end() {
        if (in == Coming.OPEN) {
            // What is waiting is all of the rest; the last line may lack its end.
            waiting.add(Buffer.buffer("\n"));
            exchange.body(Exchange.Body.WHOLE);
            whole = true;
            goOn();
        }
    }

    private void finishIfDone() {
        if (in == Coming.OPEN && whole && waiting.isEmpty()) {
            in = Coming.ENDED;
            exchange.link().works();
        }
        if (in != Coming.OPEN && slots.isEmpty() && !exchange.over()) {
            over();
            exchange.endStream(in == Coming.REFUSED ? Answer.Rest.CLOSES : Answer.Rest.STAYS);
        }
    }

    /** The gateway stops. */
    void stop() {
        if (in == Coming.OPEN) {
            in = Coming.REFUSED;
            exchange.link().works();
            answer(
                    slot(),
                    JobViews.refusedLine(
                            Problem.of(Code.STOPPING, "the gateway stops; send this line and those after it again")));
            finishIfDone();
        }
    }

    private void beat(long now) {
        unread = response.writeQueueFull() ? (unread == 0 ? now : unread) : 0;
        boolean slow = unread != 0 && now - unread > settings.slowReader().toNanos();
        if (slow || !services.tokens().stillGood(exchange.principal())) {
            exchange.breakOff();
            close();
        }
    }

    /** The client has gone. */
    private void close() {
        in = Coming.REFUSED;
        waiting.clear();
        slots.forEach(slot -> buffered.giveBack(slot.counted));
        slots.clear();
        over();
    }

    private void over() {
        whenOver.accept(this);
        uncount();
        partial = Buffer.buffer();
    }
}
