/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Panel a counts codes on a logarithmic axis, so that the few strong ones are seen beside the many
 * weak. Panel b has what a unit of code adds to logits. Panel c sets each context around its firing
 * token; tokens that do not fit whole are left out. Panel d, where it was asked, sets the latent beside
 * supervised directions that tell the same two kinds of text apart. Colours are those of signed values everywhere:
 * one side blue, the other brown, and the sign is written too. */
#include "ui/figures/figure-latent.h"

#include <math.h>
#include <string.h>

#include "ui/figures/axis.h"
#include "ui/figures/color-map.h"
#include "ui/figures/figure-private.h"

enum {
    BINS = 48,
};

#define BELOW_ONE 0.45 /* room under a count of one, in decades */
#define HEIGHT    8.5  /* of the histogram, in font sizes */
#define LINE      1.75 /* of contexts */

#define PADDING 0.16 /* of a token's ground */

#define SMALLEST_SOURCE 0.1 /* of the largest, that is underlined */

typedef struct {
    const FoveaSaeLatent *latent;
    const FoveaLatentOptions *options;
    FoveaFigureMeasures measures;
    FoveaScene *scene;
    gint64 *counts; /* (BINS) */
    double limit;   /* of codes */
    gboolean both;  /* sides are shown */
} LatentLayout;

static void
clear_layout (LatentLayout *layout)
{
    g_free (layout->counts);
    fovea_scene_free (layout->scene);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LatentLayout, clear_layout)

static guint32
get_color (const LatentLayout *layout, double value)
{
    return fovea_color_map_signed (layout->measures.inks->theme, value, layout->limit);
}

/* Full colour of a side, for words. */
static guint32
get_side (const LatentLayout *layout, double sign)
{
    return get_color (layout, sign * layout->limit);
}

static void
add_heading (LatentLayout *layout, double x, double y, const char *letter, const char *words)
{
    double text = layout->measures.text;
    FoveaTextStyle bold = {text, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle large = {text * 8 / 7, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START,
                            FALSE};
    if (layout->measures.letters)
        fovea_scene_add_text (layout->scene, x, y, letter, &large);
    fovea_scene_add_text (layout->scene, x + (layout->measures.letters ? 1.8 * text : 0), y, words,
                          &bold);
}

/* "+0.4", "0", "−0.4". */
static char *
print_code (double value)
{
    g_autofree char *number = fovea_text_number (value, 2);
    return value > 0 ? g_strconcat ("+", number, NULL) : g_steal_pointer (&number);
}

static double
find_top (const LatentLayout *layout)
{
    gint64 most = 1;
    for (guint i = 0; i < BINS; i++)
        most = MAX (most, layout->counts[i]);
    return ceil (log10 ((double) most) + 1e-9); /* a decade at least */
}

/* Height of a bar, of an axis of @decades. */
static double
get_height (double count, double decades, double height)
{
    return height * (log10 (count) + BELOW_ONE) / (decades + BELOW_ONE);
}

static void
add_code_axis (LatentLayout *layout, double x, double y, double width)
{
    double text = layout->measures.text, low = layout->both ? -layout->limit : 0;
    FoveaTextStyle ink = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    g_autoptr (GArray) steps = fovea_ticks_steps (low, layout->limit, FALSE, 5);
    for (guint i = 0; i < steps->len; i++) {
        double value = g_array_index (steps, double, i);
        g_autofree char *label = print_code (value);
        fovea_ticks_add (ticks, value, x + width * (value - low) / (layout->limit - low), label,
                         FALSE);
    }
    fovea_ticks_thin (ticks, text, FALSE);
    fovea_axis_add_bottom (layout->scene, ticks, y, text, FALSE);
    fovea_scene_add_line (layout->scene, x, y, x + width, y, FOVEA_AXIS_WIDTH,
                          layout->measures.inks->ink);
    fovea_scene_add_text (layout->scene, x + width / 2, y + 3 * text + FOVEA_TICK_LENGTH, "code",
                          &ink);
}

static void
add_count_axis (LatentLayout *layout, double x, double base, double height, double decades)
{
    double text = layout->measures.text;
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_START, FALSE};
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    for (int d = 0; d <= (int) decades; d++) {
        g_autofree char *label = fovea_text_count ((gint64) pow (10, d));
        fovea_ticks_add (ticks, d, base - get_height (pow (10, d), decades, height), label, FALSE);
    }
    fovea_ticks_thin (ticks, text, TRUE);
    fovea_axis_add_left (layout->scene, ticks, x, text);
    fovea_scene_add_line (layout->scene, x, base - height, x, base, FOVEA_AXIS_WIDTH,
                          layout->measures.inks->ink);
    fovea_scene_add_text (layout->scene, x + 0.6 * text, base - height + 0.35 * text, "tokens",
                          &quiet);
}

static void
add_side_count (LatentLayout *layout, double x, double y, double sign, gint64 n)
{
    FoveaTextStyle style = {layout->measures.text, TRUE, get_side (layout, sign),
                            FOVEA_ANCHOR_MIDDLE, FALSE};
    g_autofree char *count = fovea_text_count (n);
    g_autofree char *words =
        g_strdup_printf ("%s on %s token%s", sign < 0 ? "−" : "+", count, n == 1 ? "" : "s");
    fovea_scene_add_text (layout->scene, x, y, words, &style);
}

/* Gives the lowest baseline. */
static double
add_histogram (LatentLayout *layout, double width)
{
    double text = layout->measures.text, height = HEIGHT * text, decades = find_top (layout);
    double x = 5 * text, base = 4.6 * text + height, inner = width - x - 2 * text;
    guint first = layout->both ? 0 : BINS / 2;
    double step = inner / (BINS - first);
    for (guint i = first; i < BINS; i++) {
        if (layout->counts[i] == 0)
            continue;
        double value = layout->limit * ((i + .5) * 2 / BINS - 1);
        double bar = get_height ((double) layout->counts[i], decades, height);
        fovea_scene_add_rectangle (layout->scene, x + (i - first) * step + 0.08 * step, base - bar,
                                   0.84 * step, bar, get_color (layout, value), 0, 0);
    }
    add_count_axis (layout, x, base, height, decades);
    add_code_axis (layout, x, base, inner);
    double y = base - height - 0.9 * text;
    if (layout->both)
        add_side_count (layout, x + 0.27 * inner, y, -1, layout->latent->n_negative);
    add_side_count (layout, x + (layout->both ? 0.75 : 0.6) * inner, y, 1,
                    layout->latent->n_positive);
    return base + 3 * text + FOVEA_TICK_LENGTH;
}

/* One list of next tokens. @sign: of the code that pushes them. */
static void
add_pushed (LatentLayout *layout, GArray *tokens, double x, double width, double sign)
{
    double text = layout->measures.text, bar_x = x + 0.42 * width, room = 0.38 * width;
    guint n = MIN (tokens->len, layout->options->n_tokens > 0 ? layout->options->n_tokens : 6);
    FoveaTextStyle side = {text, TRUE, get_side (layout, sign), FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle word = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_END, FALSE};
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_START, FALSE};
    double most = 0;
    for (guint i = 0; i < n; i++)
        most = MAX (most, fabs ((double) g_array_index (tokens, FoveaLatentToken, i).effect));
    fovea_scene_add_text (layout->scene, bar_x, 3.4 * text, sign < 0 ? "when −" : "when +", &side);
    for (guint i = 0; i < n; i++) {
        const FoveaLatentToken *token = &g_array_index (tokens, FoveaLatentToken, i);
        double y = (5.3 + LINE * i) * text, size = fabs ((double) token->effect);
        g_autofree char *whole = fovea_text_token (token->text, token->special, FALSE);
        g_autofree char *words = fovea_text_shorten (whole, text, FALSE, 0.4 * width);
        g_autofree char *number = g_strdup_printf ("%.2f", sign * (double) token->effect);
        double bar = most > 0 ? room * size / most : 0;
        fovea_scene_add_text (layout->scene, bar_x - 0.6 * text, y, words, &word);
        fovea_scene_add_rectangle (layout->scene, bar_x, y - 0.85 * text, bar, 1.1 * text,
                                   get_color (layout, sign * 0.7 * layout->limit), 0, 0);
        fovea_scene_add_text (layout->scene, bar_x + bar + 0.5 * text, y, number, &quiet);
    }
}

/* A rule below a token that brings something to the code through attention: as thick as its part of
 * the largest, in the colour of its sign. */
static void
add_source (LatentLayout *layout,
            const FoveaLatentExample *example,
            guint i,
            double x,
            double y,
            double width)
{
    double text = layout->measures.text, most = 0;
    for (guint k = 0; example->sources != NULL && k < example->n; k++)
        most = MAX (most, fabs ((double) example->sources[k]));
    double share = most > 0 ? (double) example->sources[i] / most : 0;
    if (fabs (share) >= SMALLEST_SOURCE)
        fovea_scene_add_rectangle (layout->scene, x, y + 0.42 * text, width,
                                   0.22 * text * fabs (share), get_side (layout, share), 0, 0);
}

static gboolean
has_space_before (const FoveaLatentExample *example, guint i)
{
    return i < example->n && example->texts[i][0] == ' ';
}

/* Ground of a token's letters; it goes a little beyond them where there is a space. */
static void
add_ground (LatentLayout *layout,
            const FoveaLatentExample *example,
            guint i,
            double x,
            double y,
            double width)
{
    double text = layout->measures.text;
    double left = has_space_before (example, i) ? PADDING * text : 0;
    double right = has_space_before (example, i + 1) ? PADDING * text : 0;
    fovea_scene_add_chip (layout->scene, x - left, y - 1.02 * text, width + left + right,
                          1.4 * text, 0.2 * text, get_color (layout, (double) example->codes[i]));
}

/* Name of a token as it is shown, and its room: behind what stands for no text there is a gap. */
static char *
print_word (const LatentLayout *layout, const FoveaLatentExample *example, guint i, double *room)
{
    double text = layout->measures.text;
    char *words = fovea_text_token (example->texts[i], example->special[i], TRUE);
    *room = fovea_text_width (words, text, example->first + i == example->position);
    if (example->special[i])
        *room += 0.5 * text;
    return words;
}

/* A token of a context between @x and where it ends, which is given. The room before its letters is
 * kept without drawing spaces. */
static double
add_word (LatentLayout *layout, const FoveaLatentExample *example, guint i, double x, double y)
{
    double text = layout->measures.text;
    gboolean fires = example->first + i == example->position;
    double value = (double) example->codes[i], room;
    g_autofree char *words = print_word (layout, example, i, &room);
    double whole = fovea_text_width (words, text, fires);
    const char *bare = words + strspn (words, " ");
    double width = fovea_text_width (bare, text, fires);
    guint32 ground = get_color (layout, value);
    FoveaTextStyle style = {
        text, fires, value != 0 ? fovea_color_map_text_on (ground) : layout->measures.inks->quiet,
        FOVEA_ANCHOR_START, FALSE};
    if (value != 0)
        add_ground (layout, example, i, x + whole - width, y, width);
    if (*bare != '\0')
        fovea_scene_add_text (layout->scene, x + whole - width, y, bare, &style);
    add_source (layout, example, i, x + whole - width, y, width);
    return x + room;
}

static double
get_word_width (const LatentLayout *layout, const FoveaLatentExample *example, guint i)
{
    double room;
    g_autofree char *words = print_word (layout, example, i, &room);
    return room;
}

static void
add_context (LatentLayout *layout, const FoveaLatentExample *example, double y)
{
    double text = layout->measures.text, left = 6 * text, right = layout->measures.width;
    double centre = 0.48 * layout->measures.width, x = centre;
    guint own = (guint) (example->position - example->first), from = own, to = own + 1;
    FoveaTextStyle side = {text, TRUE, get_side (layout, example->value < 0 ? -1 : 1),
                           FOVEA_ANCHOR_END, FALSE};
    g_autofree char *number =
        g_strdup_printf ("%s%.2f", example->value < 0 ? "−" : "+", fabs ((double) example->value));
    fovea_scene_add_text (layout->scene, 4.6 * text, y, number, &side);
    while (from > 0 && x - get_word_width (layout, example, from - 1) >= left)
        x -= get_word_width (layout, example, --from);
    double end = centre + get_word_width (layout, example, own);
    while (to < example->n && end + get_word_width (layout, example, to) <= right)
        end += get_word_width (layout, example, to++);
    for (guint i = from; i < to; i++)
        x = add_word (layout, example, i, x, y);
}

/* Gives the next baseline. */
static double
add_contexts (LatentLayout *layout, GPtrArray *list, double y)
{
    guint most = layout->options->n_examples > 0 ? layout->options->n_examples : 5;
    for (guint i = 0; i < MIN (list->len, most); i++, y += LINE * layout->measures.text)
        add_context (layout, g_ptr_array_index (list, i), y);
    return list->len > 0 ? y + layout->measures.text : y;
}

/* One way of telling kinds apart: its name, and its AUROC as a bar over the line of chance. */
static void
add_detector (LatentLayout *layout, guint row, double x, double y, double room)
{
    double text = layout->measures.text;
    FoveaTable *table = layout->latent->detection;
    double auroc = fovea_table_read_number (table, row, "auroc");
    double side = fovea_table_read_number (table, row, "side");
    const char *name = fovea_table_read_text (table, row, "detector");
    gboolean own = g_str_equal (name, "latent");
    FoveaTextStyle word = {text, own, own ? get_side (layout, side) : layout->measures.inks->ink,
                           FOVEA_ANCHOR_END, FALSE};
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_START, FALSE};
    g_autofree char *latent = g_strdup_printf ("this latent, when %s", side < 0 ? "−" : "+");
    g_autofree char *number = g_strdup_printf ("%.2f", auroc);
    double bar = isfinite (auroc) ? room * auroc : 0;
    fovea_scene_add_text (layout->scene, x - 0.6 * text, y, own ? latent : name, &word);
    fovea_scene_add_rectangle (
        layout->scene, x, y - 0.85 * text, bar, 1.1 * text,
        own ? get_color (layout, side * 0.7 * layout->limit) : layout->measures.inks->faint, 0, 0);
    fovea_scene_add_text (layout->scene, x + room + 0.5 * text, y, isfinite (auroc) ? number : "–",
                          &quiet);
}

/* Gives the next baseline. */
static double
add_detection (LatentLayout *layout, const char *letter, double y)
{
    double text = layout->measures.text, x = 16 * text, room = 0.5 * layout->measures.width - x;
    FoveaTable *table = layout->latent->detection;
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_MIDDLE, FALSE};
    const char *positive = fovea_table_get_note (table, "positive");
    const char *negative = fovea_table_get_note (table, "negative");
    guint n = fovea_table_get_n_rows (table);
    const char *texts[] = {fovea_table_get_note (table, "test_positive"),
                           fovea_table_get_note (table, "test_negative")};
    g_autofree char *heading = g_strdup_printf ("Telling texts “%s” from “%s”, AUROC on %s and %s",
                                                positive, negative, texts[0], texts[1]);
    g_autofree char *words = fovea_text_shorten (heading, text, TRUE, layout->measures.width - x);
    add_heading (layout, 0, y, letter, words);
    y += 2.4 * text;
    for (guint row = 0; row < n; row++)
        add_detector (layout, row, x, y + LINE * row * text, room);
    double end = y + (LINE * (n - 1) + 0.55) * text;
    fovea_scene_add_line (layout->scene, x + room / 2, y - 1.1 * text, x + room / 2, end,
                          FOVEA_AXIS_WIDTH, layout->measures.inks->ink);
    fovea_scene_add_text (layout->scene, x + room / 2, end + 1.1 * text, "chance", &quiet);
    return end + 3.2 * text;
}

static gboolean
has_sources (const LatentLayout *layout)
{
    GPtrArray *lists[] = {layout->latent->negative, layout->latent->positive};
    for (guint side = 0; side < G_N_ELEMENTS (lists); side++)
        for (guint i = 0; i < lists[side]->len; i++)
            if (((FoveaLatentExample *) g_ptr_array_index (lists[side], i))->sources != NULL)
                return TRUE;
    return FALSE;
}

static void
lay_out (LatentLayout *layout)
{
    double text = layout->measures.text, width = layout->measures.width, half = 0.5 * width;
    guint n_tokens = layout->options->n_tokens > 0 ? layout->options->n_tokens : 6;
    gboolean effects = layout->latent->up->len > 0;
    add_heading (layout, 0, text, "a", "How strongly it fires");
    double y = add_histogram (layout, effects ? half : width);
    if (effects) {
        double x = half + 2 * text, each = (width - x) / 2;
        add_heading (layout, x, text, "b", "Next tokens it pushes up, logits per unit of code");
        if (layout->both)
            add_pushed (layout, layout->latent->down, x, each, -1);
        add_pushed (layout, layout->latent->up, layout->both ? x + each : x,
                    layout->both ? each : 2 * each, 1);
        y = MAX (y, (5.3 + LINE * (n_tokens - 1)) * text);
    }
    y += 3 * text;
    const char *contexts = layout->both ? "Strongest contexts, both signs" : "Strongest contexts";
    g_autofree char *heading =
        has_sources (layout) ? g_strconcat (contexts, "; underlined: where it comes from", NULL)
                             : g_strdup (contexts);
    add_heading (layout, 0, y, effects ? "c" : "b", heading);
    y = add_contexts (layout, layout->latent->negative, y + 2.4 * text);
    y = add_contexts (layout, layout->latent->positive, y);
    if (layout->latent->detection != NULL)
        y = add_detection (layout, effects ? "d" : "c", y + 0.8 * text);
    if (layout->options->caption != NULL)
        fovea_figure_add_caption (layout->scene, &layout->measures, y + 0.4 * text,
                                  layout->options->caption);
}

FoveaFigure *
fovea_figure_latent_new (const FoveaSaeLatent *latent,
                         const FoveaLatentOptions *options,
                         const FoveaFigureStyle *style,
                         GError **error)
{
    g_auto (LatentLayout) layout = {.latent = latent, .options = options};
    if (!fovea_figure_measure (style, FOVEA_FIGURE_DOUBLE_MM, &layout.measures, error))
        return NULL;
    if (layout.measures.width < 60 * layout.measures.text) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "latent figure: %.0f points are too narrow for text of %.0f points; it takes "
                     "%.0f",
                     layout.measures.width, layout.measures.text, 60 * layout.measures.text);
        return NULL;
    }
    layout.counts = fovea_sae_latent_count_codes (latent, BINS, &layout.limit);
    layout.both = options->has_signs || latent->n_negative > 0;
    layout.scene = fovea_scene_new (layout.measures.width, layout.measures.inks);
    lay_out (&layout);
    return fovea_figure_finish (g_steal_pointer (&layout.scene), &layout.measures, error,
                                "Latent %d", latent->latent);
}
