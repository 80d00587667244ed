/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea figure`: the command line becomes a figure request (app/figure-request.h), and so does the
 * provenance inside a finished figure; drawing is the same for both. */
#include "analysis/name-nearest.h"
#include "app/command/command.h"
#include "app/command/meter.h"
#include "app/command/store-choice.h"
#include "app/figure-data.h"
#include "app/figure-save.h"
#include "app/heads-job.h"
#include "app/recall-keep.h"
#include "ui/figures/inks.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("output",
                     'o',
                     TEXT,
                     "FILE",
                     "picture to write: .pdf, .svg or .png; of qk also .csv or .npz, its numbers"),
    FOVEA_OPTIONS_SEQUENCE,
    FOVEA_ROW_INTEGER ("layer", "L", 0, 1 << 20, "layer (default 0)"),
    FOVEA_ROW_VALUE ("head", 0, HEAD, "H", "head, or layer.head such as 5.7"),
    FOVEA_ROW_FLAG ("every-head", "of map and tokens: a page for each head of the layer (.pdf)"),
    FOVEA_ROW_VALUE ("rows", 0, RANGE, "A:B", "queries of a map, a mask or arcs"),
    FOVEA_ROW_VALUE ("keys", 0, RANGE, "A:B", "keys of a map, a mask or arcs"),
    FOVEA_ROW_INTEGER ("query", "N", 0, 1 << 24, "chosen query (of qk: default the last)"),
    FOVEA_ROW_INTEGER ("key", "N", 0, 1 << 24, "chosen key (of qk: default the heaviest)"),
    FOVEA_ROW_CHOICE ("scale",
                      "KIND",
                      "log|linear|score",
                      "colour scale: log, linear, or of a map score: before the softmax"),
    FOVEA_ROW_INTEGER ("less",
                       "N",
                       0,
                       G_MAXINT64,
                       "of a map: the difference, its weights less those of sequence N"),
    FOVEA_ROW_VALUE ("less-store", 0, TEXT, "STORE", "where that sequence is (default the same)"),
    FOVEA_ROW_NUMBER (
        "floor", "X", 1e-30, 1, "lower end of the log scale (default from the length)"),
    FOVEA_ROW_FLAG ("token-axes", "tokens along the axes of a map or a mask, where they fit"),
    FOVEA_ROW_VALUE ("value",
                     0,
                     TEXT,
                     "NAME",
                     "of tokens: query, key, entropy, max_weight, received ... (default query)"),
    FOVEA_ROW_VALUE (
        "score", 0, TEXT, "COLUMN", "of heads: colour the grid by this score instead of maps"),
    FOVEA_ROW_VALUE (
        "methods",
        0,
        TEXT,
        "LIST",
        "of recall, mask, budget, sparsity: ids as in fovea recall --methods list; of mask "
        "also with knobs, as streaming:window=64:sinks=4"),
    FOVEA_ROW_VALUE (
        "heads", 0, TEXT, "LIST", "of recall: these heads and their mean, as 5.7,5.10"),
    FOVEA_ROW_NUMBER (
        "goal",
        "X",
        0.01,
        0.9999,
        "of sparsity: recall to reach (default 0.9); of mask: share of a query's mass "
        "that matters (default 0.95)"),
    FOVEA_ROW_NUMBER (
        "density",
        "X",
        1e-4,
        1,
        "of mask and budget: where methods are compared (default 0.3; 0.1 if reached)"),
    FOVEA_ROW_INTEGER (
        "first",
        "N",
        1,
        G_MAXINT64,
        "of recall, sparsity, budget: curves of 'fovea recall --first N'; of mask: of "
        "the first N tokens (default: of all)"),
    FOVEA_ROW_NUMBER ("width", "MM", 30, 600, "89 is one column, 183 two (default by kind)"),
    FOVEA_ROW_NUMBER ("height", "MM", 20, 600, "height (default from the content)"),
    FOVEA_ROW_NUMBER ("text-size", "PT", 4, 24, "points (default 7)"),
    FOVEA_ROW_NUMBER ("dpi", "N", 36, 2400, "of a PNG (default 300)"),
    FOVEA_ROW_CHOICE ("theme",
                      "NAME",
                      "light|dark",
                      "light: for paper, without a ground (default); dark: for dark slides"),
    FOVEA_ROW_FLAG ("no-caption", "no grey line at the foot"),
    FOVEA_ROW_FLAG ("letters", "panel letters a, b"),
    FOVEA_ROW_FLAG ("no-letters", "no panel letters"),
    FOVEA_ROW_VALUE (
        "again", 0, TEXT, "FIGURE", "redraw a finished figure from the query inside it"),
    {NULL},
};

enum {
    HEADS = 1 << FOVEA_FIGURE_HEADS,
    MAP = 1 << FOVEA_FIGURE_MAP,
    TOKENS = 1 << FOVEA_FIGURE_TOKENS,
    PICTURE = 1 << FOVEA_FIGURE_PICTURE,
    ARCS = 1 << FOVEA_FIGURE_ARCS,
    QK = 1 << FOVEA_FIGURE_QK,
    RECALL = 1 << FOVEA_FIGURE_RECALL,
    SPARSITY = 1 << FOVEA_FIGURE_SPARSITY,
    BUDGET = 1 << FOVEA_FIGURE_BUDGET,
    MASK = 1 << FOVEA_FIGURE_MASK,
    SINKS = 1 << FOVEA_FIGURE_SINKS,
};

/* Options that only some kinds look at. */
static const struct {
    const char *option;
    int kinds;
} meant_for[] = {
    {"layer", MAP | TOKENS | ARCS | QK | RECALL | MASK | SINKS},
    {"head", MAP | TOKENS | ARCS | QK | RECALL | MASK | SINKS},
    {"every-head", MAP | TOKENS},
    {"heads", RECALL},
    {"rows", MAP | ARCS | MASK},
    {"keys", MAP | ARCS | MASK},
    {"query", MAP | TOKENS | PICTURE | ARCS | QK},
    {"key", MAP | TOKENS | QK},
    {"scale", MAP | TOKENS | PICTURE},
    {"floor", MAP | PICTURE},
    {"less", MAP},
    {"less-store", MAP},
    {"token-axes", MAP | MASK},
    {"value", TOKENS},
    {"score", HEADS},
    {"methods", RECALL | SPARSITY | BUDGET | MASK},
    {"goal", SPARSITY | MASK},
    {"density", BUDGET | MASK},
    {"first", RECALL | SPARSITY | BUDGET | MASK},
};

/* Whether @path is for the numbers of a request. */
static gboolean
is_data (const FoveaFigureRequest *request, const char *path)
{
    return request->kind == FOVEA_FIGURE_QK &&
           (g_str_has_suffix (path, ".csv") || g_str_has_suffix (path, ".npz"));
}

/* The first option given that only pictures have, or NULL. */
static const char *
find_picture_option (const FoveaArguments *arguments)
{
    static const char *const names[] = {"width",      "height",  "text-size", "theme",
                                        "no-caption", "letters", "no-letters"};
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (fovea_arguments_has (arguments, names[i]))
            return names[i];
    return NULL;
}

/* Refuses options that other options make meaningless. */
static gboolean
check_effects (const FoveaArguments *arguments, const FoveaFigureRequest *r, GError **error)
{
    const char *path = fovea_arguments_text (arguments, "output", "");
    const char *useless = NULL, *cause = NULL;
    gboolean tokens = r->kind == FOVEA_FIGURE_TOKENS;
    if (fovea_arguments_has (arguments, "floor") && r->map.scale == FOVEA_COLOR_LINEAR) {
        useless = "floor";
        cause = "a linear scale";
    } else if (r->less >= 0 && (fovea_arguments_has (arguments, "scale") ||
                                fovea_arguments_has (arguments, "floor"))) {
        useless = fovea_arguments_has (arguments, "scale") ? "scale" : "floor";
        cause = "a difference";
    } else if (r->less < 0 && r->less_store != NULL) {
        useless = "less-store";
        cause = "a map without --less";
    } else if (fovea_arguments_has (arguments, "dpi") && !g_str_has_suffix (path, ".png")) {
        useless = "dpi";
        cause = "a picture that is no .png";
    } else if (is_data (r, path) && find_picture_option (arguments) != NULL) {
        useless = find_picture_option (arguments);
        cause = "numbers";
    } else if (tokens && r->map.query >= 0 && !g_str_equal (r->value, "query")) {
        useless = "query";
        cause = "tokens coloured by another value";
    } else if (tokens && r->map.key >= 0 && !g_str_equal (r->value, "key")) {
        useless = "key";
        cause = "tokens coloured by another value";
    }
    if (useless == NULL)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s has no effect on %s", useless, cause);
    return FALSE;
}

/* Refuses options that the kind would not look at. */
static gboolean
check_kind (const FoveaArguments *arguments, FoveaFigureKind kind, GError **error)
{
    static const char *const letters[] = {"letters", "no-letters", NULL};
    static const char *const heads[] = {"head", "every-head", "heads", NULL};
    static const char *const layers[] = {"layer", "heads", NULL};
    for (guint i = 0; i < G_N_ELEMENTS (meant_for); i++) {
        if ((meant_for[i].kinds & (1 << kind)) != 0 ||
            !fovea_arguments_has (arguments, meant_for[i].option))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--%s has no effect on a figure of kind %s", meant_for[i].option,
                     fovea_arguments_positional (arguments, 0));
        return FALSE;
    }
    return fovea_arguments_exclude (arguments, letters, error) &&
           fovea_arguments_exclude (arguments, heads, error) &&
           fovea_arguments_exclude (arguments, layers, error);
}

/* --layer and --head; both naming a layer is an error unless they agree. */
static gboolean
fill_head (FoveaFigureRequest *request, const FoveaArguments *arguments, GError **error)
{
    gint64 layer = fovea_arguments_integer (arguments, "layer", -1), inner = -1, head = 0;
    fovea_arguments_pair (arguments, "head", &inner, &head);
    if (layer >= 0 && inner >= 0 && layer != inner) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--layer %" G_GINT64_FORMAT " contradicts --head %" G_GINT64_FORMAT
                     ".%" G_GINT64_FORMAT,
                     layer, inner, head);
        return FALSE;
    }
    /* Kinds of the sparsity lab tell "the first" from "all". */
    request->object_layer = MAX (layer, inner);
    request->object_head = fovea_arguments_has (arguments, "head") ? head : -1;
    if (request->object_head >= 0)
        request->object_layer = MAX (request->object_layer, 0);
    request->map.layer = (guint) MAX (MAX (layer, inner), 0);
    request->map.head = (guint) head;
    request->every_head = fovea_arguments_has (arguments, "every-head");
    request->heads = g_strdup (fovea_arguments_text (arguments, "heads", NULL));
    return TRUE;
}

/* Only maps have scores: a value per token has no sign. */
static gboolean
fill_scale (FoveaFigureRequest *request, const char *scale, GError **error)
{
    if (g_str_equal (scale, "linear"))
        request->map.scale = FOVEA_COLOR_LINEAR;
    if (!g_str_equal (scale, "score"))
        return TRUE;
    request->map.scale = FOVEA_COLOR_SCORE;
    if (request->kind == FOVEA_FIGURE_MAP)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "--scale score is for maps; tokens take log or linear");
    return FALSE;
}

static void
fill_less (FoveaFigureRequest *request, const FoveaArguments *arguments)
{
    request->less = fovea_arguments_integer (arguments, "less", -1);
    request->less_store = g_strdup (fovea_arguments_text (arguments, "less-store", NULL));
    if (request->less >= 0)
        request->map.scale = FOVEA_COLOR_DIFFERENCE;
}

/* What colours the tokens; --key alone means the weights onto that key. */
static gboolean
fill_value (FoveaFigureRequest *request, const FoveaArguments *arguments, GError **error)
{
    const char *value = fovea_arguments_text (arguments, "value", NULL);
    if (value == NULL && fovea_arguments_has (arguments, "key") &&
        !fovea_arguments_has (arguments, "query"))
        value = "key";
    if (value == NULL)
        return TRUE;
    if (!g_strv_contains (fovea_figure_value_names (), value)) {
        const char *nearest = fovea_name_nearest (value, fovea_figure_value_names ());
        g_autofree char *all = g_strjoinv (", ", (char **) fovea_figure_value_names ());
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--value is '%s'%s%s, expected %s",
                     value, nearest != NULL ? ", did you mean " : "",
                     nearest != NULL ? nearest : "", all);
        return FALSE;
    }
    g_free (request->value);
    request->value = g_strdup (value);
    return TRUE;
}

/* The command line as a request, its object still missing. */
static FoveaFigureRequest *
make_request (const FoveaArguments *arguments, GError **error)
{
    FoveaFigureKind kind;
    if (!fovea_figure_kind_from_name (fovea_arguments_positional (arguments, 0), &kind, error) ||
        !check_kind (arguments, kind, error))
        return NULL;
    g_autoptr (FoveaFigureRequest) r = fovea_figure_request_new (kind);
    if (!fill_head (r, arguments, error) || !fill_value (r, arguments, error))
        return NULL;
    fovea_arguments_pair (arguments, "rows", &r->map.q0, &r->map.q1);
    fovea_arguments_pair (arguments, "keys", &r->map.k0, &r->map.k1);
    r->map.query = fovea_arguments_integer (arguments, "query", -1);
    r->map.key = fovea_arguments_integer (arguments, "key", -1);
    if (!fill_scale (r, fovea_arguments_text (arguments, "scale", "log"), error))
        return NULL;
    r->map.floor = fovea_arguments_number (arguments, "floor", 0);
    fill_less (r, arguments);
    r->map.token_axes = fovea_arguments_has (arguments, "token-axes");
    r->score = g_strdup (fovea_arguments_text (arguments, "score", NULL));
    r->methods = g_strdup (fovea_arguments_text (arguments, "methods", NULL));
    r->goal = fovea_arguments_number (arguments, "goal", 0);
    r->density = fovea_arguments_number (arguments, "density", 0);
    r->first_tokens = fovea_arguments_integer (arguments, "first", 0);
    r->style.width_mm = fovea_arguments_number (arguments, "width", 0);
    r->style.height_mm = fovea_arguments_number (arguments, "height", 0);
    r->style.text_pt = fovea_arguments_number (arguments, "text-size", 0);
    r->style.caption = !fovea_arguments_has (arguments, "no-caption");
    r->style.letters = fovea_arguments_has (arguments, "letters") ||
                       (r->style.letters && !fovea_arguments_has (arguments, "no-letters"));
    r->dpi = fovea_arguments_number (arguments, "dpi", r->dpi);
    fovea_theme_from_name (fovea_arguments_text (arguments, "theme", "light"), &r->style.theme);
    return check_effects (arguments, r, error) ? g_steal_pointer (&r) : NULL;
}

/* The head table of the sequence's run, as the window shows it; else any of the store's, computed
 * afresh if it keeps none for such a model. */
static FoveaTable *
get_heads (
    FoveaContext *context, FoveaStore *store, gint64 sequence, FoveaTrace *trace, GError **error)
{
    FoveaTable *heads = fovea_heads_job_get_kept (store, fovea_heads_job_find_run (store, sequence),
                                                  fovea_trace_get_info (trace)->architecture);
    if (heads != NULL)
        return heads;
    return fovea_heads_job_run_store (store, 0, 0, NULL, NULL, context->cancellable, error);
}

/* What a figure is drawn from. */
typedef struct {
    FoveaContext *context;
    FoveaStore *store;
    FoveaTrace *trace;
    FoveaTable *heads; /* NULL where the kind needs none */
    FoveaMeter *meter;
} Source;

/* The tables that a kind of the sparsity lab is drawn from are those that the store keeps. */
static FoveaFigure *
draw_sparse (const FoveaFigureRequest *request, Source *source, GError **error)
{
    g_autoptr (GError) failure = NULL;
    gint64 run = fovea_heads_job_find_run (source->store, request->sequence);
    g_autoptr (FoveaTable) heads = fovea_heads_job_get_kept (
        source->store, run, fovea_trace_get_info (source->trace)->architecture);
    g_autoptr (FoveaTable) recall =
        fovea_figure_kind_needs_curves (request->kind)
            ? fovea_recall_get_for_figure (source->store, request->sequence, request->first_tokens,
                                           &failure)
            : NULL;
    if (failure != NULL) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return NULL;
    }
    return fovea_figure_request_draw_sparse (request, source->trace, recall, heads,
                                             source->context->cancellable, error);
}

/* FoveaFigureDraw. */
static FoveaFigure *
draw_request (const FoveaFigureRequest *request, gpointer data, GError **error)
{
    Source *source = data;
    if (fovea_figure_kind_is_sparse (request->kind))
        return draw_sparse (request, source, error);
    return fovea_figure_request_draw (request, source->trace, source->heads,
                                      source->context->cancellable, error);
}

/* FoveaProgress: the meter is made when the number of pages is known. */
static void
on_page (gpointer data, gint64 done, gint64 total)
{
    Source *source = data;
    if (source->meter == NULL)
        source->meter = fovea_meter_new ("figure", "pages", total,
                                         fovea_arguments_has (source->context->arguments, "quiet"));
    fovea_meter_update (source->meter, done, NULL);
}

/* Draws @request about a sequence of @store and saves it with its provenance. */
static gboolean
draw (FoveaContext *context,
      FoveaFigureRequest *request,
      FoveaStore *store,
      gint64 sequence,
      const char *path,
      GError **error)
{
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, sequence, error);
    if (trace == NULL)
        return FALSE;
    g_autoptr (FoveaTable) heads = NULL;
    if (request->kind == FOVEA_FIGURE_HEADS &&
        (heads = get_heads (context, store, sequence, trace, error)) == NULL)
        return FALSE;
    g_autoptr (FoveaTrace) less = NULL;
    if (request->map.scale == FOVEA_COLOR_DIFFERENCE &&
        (less = fovea_figure_request_open_less (request, store, error)) == NULL)
        return FALSE;
    request->map.less = less;
    fovea_figure_request_set_object (request, store, sequence, trace);
    if (is_data (request, path))
        return fovea_figure_data_save (request, trace, heads, path, context->cancellable, error);
    Source source = {context, store, trace, heads, NULL};
    double smallest;
    gboolean ok = fovea_figure_request_save (request, trace, path, draw_request, &source, on_page,
                                             &source, &smallest, context->cancellable, error);
    fovea_meter_free (source.meter);
    if (ok && smallest < 6)
        fovea_command_note (context, "%s: smallest text is %.1f points, too small to print", path,
                            smallest);
    return ok;
}

/* A figure from the command line. */
static gboolean
draw_new (FoveaContext *context, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    const char *path = fovea_arguments_text (arguments, "output", NULL);
    const char *store_path = fovea_arguments_positional (arguments, 1);
    if (path == NULL || store_path == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "%s is missing",
                     store_path == NULL ? "STORE" : "-o FILE");
        return FALSE;
    }
    g_autoptr (FoveaFigureRequest) request = make_request (arguments, error);
    g_autoptr (FoveaStore) store =
        request != NULL ? fovea_store_open (store_path, FOVEA_STORE_READ, error) : NULL;
    g_autoptr (FoveaSequenceInfo) sequence =
        store != NULL ? fovea_store_choice_from_arguments (store, arguments, error) : NULL;
    return sequence != NULL && draw (context, request, store, sequence->id, path, error);
}

/* Opens the store that a figure was made from: the named one, or one of its name beside the figure
 * or here; its identity must agree. */
static FoveaStore *
find_store (const FoveaFigureRequest *request,
            const char *figure,
            const char *named,
            GError **error)
{
    g_autofree char *folder = g_path_get_dirname (figure);
    g_autofree char *beside =
        g_build_filename (folder, request->store_name != NULL ? request->store_name : "", NULL);
    const char *path = named != NULL                                  ? named
                       : g_file_test (beside, G_FILE_TEST_IS_REGULAR) ? beside
                                                                      : request->store_name;
    if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "figure: %s was made from %s (%s), which is neither beside it nor here; name "
                     "it: fovea figure --again %s STORE",
                     figure, request->store_name, request->store_uuid, figure);
        return NULL;
    }
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, error);
    if (store == NULL || g_strcmp0 (fovea_store_get_uuid (store), request->store_uuid) == 0)
        return g_steal_pointer (&store);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "figure: %s was made from store %s, but %s is store %s", figure,
                 request->store_uuid, path, fovea_store_get_uuid (store));
    return NULL;
}

/* A figure names the other store of a difference without its folder. */
static void
find_less_beside (FoveaFigureRequest *request, const char *figure)
{
    if (request->less_store == NULL)
        return;
    g_autofree char *folder = g_path_get_dirname (figure);
    g_autofree char *beside = g_build_filename (folder, request->less_store, NULL);
    if (!g_file_test (beside, G_FILE_TEST_IS_REGULAR))
        return;
    g_free (request->less_store);
    request->less_store = g_steal_pointer (&beside);
}

/* A figure from the query inside a finished one; only its place may be chosen anew. */
static gboolean
draw_again (FoveaContext *context, const char *figure, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    for (const FoveaOption *option = options; option->name != NULL; option++) {
        if (!fovea_arguments_has (arguments, option->name) || g_str_equal (option->name, "again") ||
            g_str_equal (option->name, "output"))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--%s and --again exclude each other: the figure holds its own options",
                     option->name);
        return FALSE;
    }
    if (fovea_arguments_positional (arguments, 1) != NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "unexpected argument '%s' with --again",
                     fovea_arguments_positional (arguments, 1));
        return FALSE;
    }
    g_autofree char *json = fovea_figure_read_provenance (figure, error);
    g_autoptr (FoveaFigureRequest) request =
        json != NULL ? fovea_figure_request_from_json (json, error) : NULL;
    if (request == NULL) {
        g_prefix_error (error, "figure: %s: ", figure);
        return FALSE;
    }
    find_less_beside (request, figure);
    g_autoptr (FoveaStore) store =
        find_store (request, figure, fovea_arguments_positional (arguments, 0), error);
    return store != NULL && draw (context, request, store, request->sequence,
                                  fovea_arguments_text (arguments, "output", figure), error);
}

static gboolean
run_figure (FoveaContext *context, GError **error)
{
    const char *again = fovea_arguments_text (context->arguments, "again", NULL);
    if (again != NULL)
        return draw_again (context, again, error);
    if (fovea_arguments_positional (context->arguments, 0) != NULL)
        return draw_new (context, error);
    g_set_error (
        error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
        "too few arguments: a kind (heads, map, tokens, picture, arcs, qk, recall, sparsity, "
        "budget, mask or sinks) and a STORE");
    return FALSE;
}

const FoveaCommand fovea_command_figure = {
    .name = "figure",
    .usage = "KIND STORE -o FILE",
    .summary = "Draw heads, maps, texts or curves as PDF, SVG or PNG, as the window does",
    .details =
        "Kinds: heads (grid of maps with roles), map (one head), tokens (text coloured by a\n"
        "value), picture (weights of every head over the picture that an image model read),\n"
        "arcs (lines between the tokens of a short text), qk (one score before the softmax by\n"
        "dimension: query, key, products and how they add up);\n"
        "after 'fovea recall STORE --sweep' also recall (curves), sparsity (density that\n"
        "each head needs) and budget (which method keeps most of each head); mask (what methods\n"
        "keep, miss and waste on one head), sinks (mass that keys receive along the text). A\n"
        "PDF of maps or tokens may hold every head of a layer, a page each. The file carries its\n"
        "query; 'fovea figure --again FILE [STORE]' redraws it. The same figure has the same\n"
        "bytes every time.",
    .example =
        "fovea figure map a.fovea --head 5.7 -o map.pdf\n"
        "  fovea figure map a.fovea --sequence 2 --less 1 --head 5.7 -o change.pdf\n"
        "  fovea figure mask a.fovea --head 5.7 --methods streaming:window=64 --rows 100:140 "
        "--keys 80:140 --token-axes -o mask.pdf",
    .options = options,
    .most_arguments = 2,
    .run = run_figure,
};
