package dev.sluice.gateway.settings;

import dev.sluice.settings.Setting;
import java.util.ArrayList;
import java.util.List;

/** The reference page of a settings record, written from its declaration. */
public final class Reference {
    private static final String HEAD = "| Key | Value | Default | Meaning |\n|---|---|---|---|\n";

    private final StringBuilder page = new StringBuilder();

    private Reference() {}

    /** Every key in Markdown, a section for each group of keys. */
    public static String markdown(Class<? extends Record> type) {
        Reference reference = new Reference();
        reference.section("Top of the file", "", Shapes.of(type), 2);
        return reference.page.toString();
    }

    private record Below(String title, String path, Shape.Group group) {}

    private void section(String title, String path, Shape.Group group, int level) {
        page.append("#".repeat(Math.min(level, 6)))
                .append(' ')
                .append(title)
                .append("\n\n")
                .append(HEAD);
        List<Below> below = new ArrayList<>();
        for (Shape.Part.Key key : group.keys()) {
            row(key);
            below(path.isEmpty() ? key.name() : path + "." + key.name(), key.shape(), below);
        }
        page.append('\n');
        below.forEach(each -> section(each.title(), each.path(), each.group(), level));
    }

    private static void below(String path, Shape shape, List<Below> into) {
        switch (shape) {
            case Shape.Single s -> {}
            case Shape.Maybe(Shape inner) -> below(path, inner, into);
            case Shape.Listing(Shape element) -> below(path + "[]", element, into);
            case Shape.Table table -> below(path + ".NAME", table.value(), into);
            case Shape.Group group -> into.add(new Below("`" + path + "`", path, group));
            case Shape.Choice choice ->
                choice.groups()
                        .forEach((name, group) ->
                                into.add(new Below("`" + path + "` of `type: " + name + "`", path, group)));
        }
    }

    private void row(Shape.Part.Key key) {
        Setting setting = key.setting();
        page.append("| `").append(key.name()).append("` | ");
        page.append(cell(kind(key.shape()) + Binder.bounds(setting))).append(" | ");
        page.append(fallback(key)).append(" | ");
        page.append(cell(setting.text())).append(" |\n");
    }

    private static String fallback(Shape.Part.Key key) {
        if (key.setting().presence() == Setting.Presence.REQUIRED) {
            return "required";
        }
        String fallback = key.setting().fallback();
        if (!fallback.isEmpty()) {
            return "`" + fallback + "`";
        }
        return key.shape() instanceof Shape.Group ? "its keys'" : "none";
    }

    private static String kind(Shape shape) {
        return switch (shape) {
            case Shape.Single(Scalar scalar) -> scalar.kind();
            case Shape.Maybe(Shape inner) -> kind(inner);
            case Shape.Listing(Shape element) -> "list: " + kind(element);
            case Shape.Table table -> "map by " + table.key().kind() + ": " + kind(table.value());
            case Shape.Group group -> "keys";
            case Shape.Choice choice ->
                "keys, `type:` " + String.join(" or ", choice.groups().keySet());
        };
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
