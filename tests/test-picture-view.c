/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The Picture view on a capture of the small ViT: what is read and when, overlays, where clicks and
 * keys lead. Nothing sleeps. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <string.h>

#include "analysis/rollout.h"
#include "tests/forward-support.h"
#include "tests/on-display.h"
#include "tests/shown-color.h"
#include "tests/shown-text.h"
#include "tests/trace-support.h"
#include "tests/widget-tree.h"
#include "ui/data-table.h"
#include "ui/failure-bar.h"
#include "ui/line-table.h"
#include "ui/model-card.h"
#include "ui/palette.h"
#include "ui/picture-page.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"

enum {
    T = 10, /* class token and 3 x 3 patches of 4 pixels */
    LAYERS = 2,
    HEADS = 2
};

typedef struct {
    FoveaTraceSource *source;
    FoveaSelection *selection;
    FoveaPictureModel *model;
    char *failure;
    guint n_changes;
} Bench;

static void
keep_message (Bench *bench, const char *message)
{
    g_free (bench->failure);
    bench->failure = g_strdup (message);
}

static void
count_change (Bench *bench)
{
    bench->n_changes++;
}

static Bench *
bench_new (const char *points)
{
    Bench *bench = g_new0 (Bench, 1);
    g_autoptr (FoveaTrace) trace = runner_capture_corner (points);
    bench->source = fovea_trace_source_new (trace);
    bench->selection = fovea_selection_new ();
    bench->model = fovea_picture_model_new (bench->selection);
    g_signal_connect_swapped (bench->model, "failed", G_CALLBACK (keep_message), bench);
    g_signal_connect_swapped (bench->model, "changed", G_CALLBACK (count_change), bench);
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){1, 0, 0, 9});
    return bench;
}

static void
bench_free (Bench *bench)
{
    g_object_unref (bench->model);
    g_object_unref (bench->selection);
    fovea_trace_source_unref (bench->source);
    g_free (bench->failure);
    g_free (bench);
}

/* Of the selected position: every head's row and the rollout, as the trace has them. */
START_TEST (the_model_reads_what_the_position_looks_at)
{
    Bench *bench = bench_new ("attention");
    float row[T];
    ck_assert_ptr_null (fovea_picture_model_get_data (bench->model));
    fovea_picture_model_set_active (bench->model, TRUE);
    RUN_UNTIL (fovea_picture_model_get_data (bench->model) != NULL);
    fovea_selection_select_cell (bench->selection, 5, 9);
    RUN_UNTIL (fovea_picture_model_get_data (bench->model)->query == 5);
    const FoveaPictureData *data = fovea_picture_model_get_data (bench->model);
    ck_assert (data->n_layers == LAYERS && data->n_heads == HEADS && data->n_tokens == T);
    for (guint layer = 0; layer < LAYERS; layer++)
        for (guint head = 0; head < HEADS; head++) {
            FoveaAttention *attention = fovea_trace_source_get_layer (bench->source, layer, NULL);
            ck_assert (fovea_attention_read_pattern (attention, head, 5, 6, 0, T, row, NULL));
            ck_assert_mem_eq (row, fovea_picture_data_get_head (data, layer, head), sizeof row);
        }
    ck_assert (
        fovea_rollout_read (fovea_trace_source_get_trace (bench->source), 5, row, NULL, NULL));
    ck_assert_mem_eq (row, data->rollout, sizeof row);
    /* Bright in the last patch, dark elsewhere. */
    ck_assert (data->image->size == 12 && data->image->across == 3 && data->image->n_channels == 3);
    ck_assert_float_eq (data->image->pixels[11 * 12 + 11], 1);
    ck_assert_float_eq (data->image->pixels[0], 0);
    bench_free (bench);
}
END_TEST

START_TEST (nothing_is_read_while_nobody_looks)
{
    Bench *bench = bench_new ("attention");
    fovea_selection_select_cell (bench->selection, 3, 9);
    while (g_main_context_iteration (NULL, FALSE))
        ;
    ck_assert_ptr_null (fovea_picture_model_get_data (bench->model));
    ck_assert_ptr_null (bench->failure);
    fovea_picture_model_set_active (bench->model, TRUE);
    RUN_UNTIL (fovea_picture_model_get_data (bench->model) != NULL);
    ck_assert_int_eq (fovea_picture_model_get_data (bench->model)->query, 3);
    bench_free (bench);
}
END_TEST

START_TEST (a_sequence_without_its_picture_says_what_is_missing)
{
    Bench *bench = bench_new ("blocks.*.attn.hook_q,blocks.*.attn.hook_k");
    fovea_picture_model_set_active (bench->model, TRUE);
    RUN_UNTIL (bench->failure != NULL);
    ck_assert_msg (strstr (bench->failure, "hook_patches") != NULL, "%s", bench->failure);
    bench_free (bench);
}
END_TEST

START_TEST (positions_have_words)
{
    Bench *bench = bench_new ("attention");
    const FoveaTraceInfo *info = fovea_selection_get_info (bench->selection);
    static const char *const words[] = {"the class token", "patch 0,0", "patch 0,1", "patch 0,2",
                                        "patch 1,0"};
    ck_assert (fovea_picture_image_has (info));
    ck_assert (!fovea_picture_image_has (NULL));
    for (gint64 t = 0; t < (gint64) G_N_ELEMENTS (words); t++) {
        g_autofree char *name = fovea_picture_name_position (info, t);
        ck_assert_str_eq (name, words[t]);
    }
    bench_free (bench);
}
END_TEST

static guint32
texture_pixel (GdkTexture *texture, int x, int y)
{
    gsize stride = (gsize) gdk_texture_get_width (texture) * 4;
    g_autofree guchar *bytes = g_malloc (stride * (gsize) gdk_texture_get_height (texture));
    guint32 pixel;
    gdk_texture_download (texture, bytes, stride);
    memcpy (&pixel, bytes + (gsize) y * stride + (gsize) x * 4, sizeof pixel);
    return pixel;
}

/* A weight of nothing leaves a patch grey; a large one colours it; edges of patches stay sharp. */
START_TEST (an_overlay_colours_patches_with_weight)
{
    Bench *bench = bench_new ("attention");
    float weights[T] = {0.1f, 0, 0, 0, 0, 0.9f};
    fovea_picture_model_set_active (bench->model, TRUE);
    RUN_UNTIL (fovea_picture_model_get_data (bench->model) != NULL);
    const FoveaPictureData *data = fovea_picture_model_get_data (bench->model);
    g_autoptr (GdkTexture) texture =
        fovea_picture_texture_new (data, weights, 5, FOVEA_THEME_LIGHT, NULL);
    ck_assert_int_eq (gdk_texture_get_width (texture), 60);
    guint32 plain = texture_pixel (texture, 19, 30), colored = texture_pixel (texture, 20, 30);
    ck_assert_uint_eq ((plain >> 16 & 0xff), (plain & 0xff)); /* grey */
    ck_assert_uint_ne ((colored >> 16 & 0xff), (colored & 0xff));
    ck_assert_uint_eq (colored, texture_pixel (texture, 39, 39));
    ck_assert_uint_eq (plain, texture_pixel (texture, 40, 30));
    /* On a dark ground strong is light, as in the legend and on the strip. */
    g_autoptr (GdkTexture) dark =
        fovea_picture_texture_new (data, weights, 5, FOVEA_THEME_DARK, NULL);
    guint32 light = texture_pixel (dark, 20, 30);
    ck_assert_uint_gt (light >> 8 & 0xff, (colored >> 8 & 0xff) + 60);
    ck_assert_uint_eq (texture_pixel (dark, 40, 30) & 0xffffff, 0); /* black stays black */
    g_autoptr (GdkTexture) alone =
        fovea_picture_texture_new (data, NULL, 1, FOVEA_THEME_LIGHT, NULL);
    ck_assert_uint_eq (texture_pixel (alone, 11, 11) & 0xffffff, 0xffffff);
    ck_assert_uint_eq (texture_pixel (alone, 0, 0) & 0xffffff, 0);
    bench_free (bench);
}
END_TEST

/* The page on a window of its own is drawn once before anything is asked of it. */
START_TEST (the_page_shows_the_picture_and_its_heads)
{
    Bench *bench = bench_new ("attention");
    GtkWidget *page = fovea_picture_page_new (bench->selection);
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){0, 1, 4, 2});
    GtkWidget *window = show_in_window (page, 700, 400);
    ck_assert_int_eq (fovea_picture_page_get_overlay (FOVEA_PICTURE_PAGE (page)),
                      FOVEA_PICTURE_HEAD);
    fovea_picture_page_focus (FOVEA_PICTURE_PAGE (page));
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
    ck_assert (FOVEA_IS_PICTURE_VIEW (focus));
    /* Where patches are is known once the picture has been read. */
    RUN_UNTIL ((gtk_widget_activate_action (focus, "picture.class", NULL),
                gtk_widget_activate_action (focus, "picture.down", NULL),
                fovea_selection_get_place (bench->selection)->query == 1));
    gtk_widget_activate_action (focus, "picture.right", NULL);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, 2);
    gtk_widget_activate_action (focus, "picture.previous-head", NULL);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 0);
    for (FoveaPictureOverlay overlay = FOVEA_PICTURE_HEAD; overlay <= FOVEA_PICTURE_PLAIN;
         overlay++) {
        g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
        fovea_picture_view_set_overlay (FOVEA_PICTURE_VIEW (focus), overlay, overlay % 2 == 0);
        RUN_UNTIL (gtk_widget_get_width (focus) > 100);
        GTK_WIDGET_GET_CLASS (focus)->snapshot (focus, snapshot);
    }
    gtk_window_destroy (GTK_WINDOW (window));
    bench_free (bench);
}
END_TEST

static guint
find_array (FoveaTrace *trace, const char *name)
{
    const GPtrArray *arrays = fovea_trace_get_arrays (trace);
    guint at = 0;
    while (at < arrays->len && !g_str_equal (((FoveaArray *) arrays->pdata[at])->name, name))
        at++;
    ck_assert_uint_lt (at, arrays->len);
    return at;
}

static gboolean
is_shown (GtkWidget *page, const char *start)
{
    EACH_WIDGET (widget, page)
        if (shown_text (widget) != NULL && g_str_has_prefix (shown_text (widget), start))
            return TRUE;
    return FALSE;
}

/* The keys of layer 1 cannot be read at first. */
START_TEST (a_picture_that_cannot_be_read_is_tried_again)
{
    Bench *bench = bench_new ("attention");
    GtkWidget *page = fovea_picture_page_new (bench->selection);
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (widget_tree_find (page, FOVEA_TYPE_FAILURE_BAR));
    FoveaTrace *whole = fovea_trace_source_get_trace (bench->source);
    static TraceReads reads; /* threads may let go of the trace later */
    reads.unreadable = find_array (whole, "blocks.1.attn.hook_k");
    g_autoptr (FoveaTrace) trace = trace_watched (whole, &reads);
    g_autoptr (FoveaTraceSource) source = fovea_trace_source_new (trace);
    GtkWidget *window = show_in_window (page, 700, 400);
    fovea_selection_set_trace (bench->selection, source, NULL, &(FoveaPlace){0, 1, 4, 2});
    RUN_UNTIL (fovea_failure_bar_get_message (bar) != NULL);
    ck_assert_str_eq (fovea_failure_bar_get_message (bar),
                      "Map of head 1.0: no bytes of blocks.1.attn.hook_k");
    reads.unreadable = G_MAXUINT;
    gtk_info_bar_response (GTK_INFO_BAR (widget_tree_find (GTK_WIDGET (bar), GTK_TYPE_INFO_BAR)),
                           GTK_RESPONSE_ACCEPT);
    RUN_UNTIL (is_shown (page, "Head 0.1 from patch 1,0: "));
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    gtk_window_destroy (GTK_WINDOW (window));
    bench_free (bench);
}
END_TEST

/* Those stand where names have their room, and a click on a name is on none of them. */
START_TEST (pictures_stand_beside_their_names_at_any_letters)
{
    Bench *bench = bench_new ("attention");
    GtkWidget *heads = fovea_picture_heads_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (heads, 700, 400);
    FoveaPalette palette;
    fovea_picture_model_set_active (bench->model, TRUE);
    RUN_UNTIL (fovea_picture_model_get_data (bench->model) != NULL);
    fovea_selection_select_head (bench->selection, 0, 0);
    shown_color_load ();
    fovea_palette_load (heads, &palette);
    const guint32 accent = shown_color_of (&palette.accent); /* round the selected one */
    ShownColor usual, large;
    RUN_UNTIL ((usual = shown_color_find (heads, accent)).n > 0);
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
    gtk_widget_queue_resize (heads);
    RUN_UNTIL ((large = shown_color_find (heads, accent)).n > 0 && large.left != usual.left);
    g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (heads);
    g_autoptr (GtkEventController) click = g_list_model_get_item (controllers, 0);
    ck_assert (GTK_IS_GESTURE_CLICK (click));
    fovea_selection_select_head (bench->selection, 1, 1);
    g_signal_emit_by_name (click, "pressed", 1, large.left - 6.0, large.top + 6.0);
    g_signal_emit_by_name (click, "pressed", 1, large.left + 6.0, large.top - 6.0);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 1);
    g_signal_emit_by_name (click, "pressed", 1, large.left + 6.0, large.top + 6.0);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 0);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 0);
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
    ck_assert_int_eq (large.left - usual.left, 24);
    ck_assert_int_eq (large.top - usual.top, 18);
    gtk_window_destroy (GTK_WINDOW (window));
    bench_free (bench);
}
END_TEST

/* Names of layers were cut by the pictures beside them. */
START_TEST (larger_letters_have_more_room_beside_the_heads)
{
    Bench *bench = bench_new ("attention");
    GtkWidget *heads = fovea_picture_heads_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (heads, 700, 400);
    int before[2], after[2];
    for (int across = 0; across < 2; across++) {
        GtkOrientation way = across ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;
        gtk_widget_measure (heads, way, -1, &before[across], NULL, NULL, NULL);
        g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
        gtk_widget_queue_resize (heads);
        gtk_widget_measure (heads, way, -1, &after[across], NULL, NULL, NULL);
        g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
        gtk_widget_queue_resize (heads);
    }
    ck_assert_int_eq (after[0] - before[0], 18);
    ck_assert_int_eq (after[1] - before[1], 24);
    gtk_window_destroy (GTK_WINDOW (window));
    bench_free (bench);
}
END_TEST

/* The words of an image model are what it says of pictures. */
START_TEST (an_image_model_has_labels)
{
    Bench *bench = bench_new ("attention");
    g_autoptr (GtkWidget) card = g_object_ref_sink (fovea_model_card_new (bench->selection));
    g_autoptr (GString) words = g_string_new (NULL);
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){0, 0, 0, 0});
    shown_text_collect (card, words);
    ck_assert_ptr_nonnull (strstr (words->str, "\nlabels\n"));
    ck_assert_ptr_null (strstr (words->str, "vocabulary"));
    ck_assert_ptr_nonnull (strstr (words->str, ", encoder\n"));
    /* With a second stack it is no encoder. */
    ((FoveaArchitecture *) fovea_selection_get_info (bench->selection)->architecture)
        ->n_encoder_layers = 1;
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){0, 0, 0, 0});
    g_string_truncate (words, 0);
    shown_text_collect (card, words);
    ck_assert_ptr_nonnull (strstr (words->str, ", encoder-decoder\n"));
    bench_free (bench);
}
END_TEST

static GtkWidget *
find_table (GtkWidget *page)
{
    return widget_tree_find (page, FOVEA_TYPE_LINE_TABLE);
}

/* What a screen reader has of the picture: a line for each position, with the weights of the selected head. */
START_TEST (the_picture_is_a_table_too)
{
    Bench *bench = bench_new ("attention");
    GtkWidget *page = fovea_picture_page_new (bench->selection);
    GtkWidget *window = show_in_window (page, 700, 400);
    GListModel *rows = fovea_line_table_get_rows (FOVEA_LINE_TABLE (find_table (page)));
    fovea_picture_model_set_active (bench->model, TRUE);
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){1, 1, 4, 2});
    ck_assert_uint_eq (g_list_model_get_n_items (rows), 0);
    fovea_picture_page_toggle_table (FOVEA_PICTURE_PAGE (page));
    RUN_UNTIL (g_list_model_get_n_items (rows) == T);
    RUN_UNTIL (fovea_picture_model_get_data (bench->model) != NULL &&
               fovea_picture_model_get_data (bench->model)->query == 4);
    const FoveaPictureData *data = fovea_picture_model_get_data (bench->model);
    g_autoptr (GString) words = g_string_new (NULL);
    RUN_UNTIL ((g_string_truncate (words, 0), shown_text_collect (page, words),
                strstr (words->str, "What patch 1,0 looks at, head 1.1: 10 positions") != NULL &&
                    strstr (words->str, "patch 2,2") != NULL));
    for (gint64 t = 0; t < T; t++) {
        g_autofree char *weight =
            fovea_share_text ((double) fovea_picture_data_get_head (data, 1, 1)[t]);
        g_autofree char *rollout = fovea_share_text ((double) data->rollout[t]);
        ck_assert_msg (strstr (words->str, weight) != NULL, "no %s in %s", weight, words->str);
        ck_assert_msg (strstr (words->str, rollout) != NULL, "no %s in %s", rollout, words->str);
    }
    g_autoptr (GObject) last = g_list_model_get_item (rows, T - 1);
    GtkWidget *table = widget_tree_find (page, FOVEA_TYPE_DATA_TABLE);
    g_signal_emit_by_name (table, "chosen", last);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->key, T - 1);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, 4);
    fovea_picture_page_toggle_table (FOVEA_PICTURE_PAGE (page));
    ck_assert (FOVEA_IS_PICTURE_VIEW (gtk_window_get_focus (GTK_WINDOW (window))));
    gtk_window_destroy (GTK_WINDOW (window));
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tests)
{
    tcase_add_test (tests, the_model_reads_what_the_position_looks_at);
    tcase_add_test (tests, nothing_is_read_while_nobody_looks);
    tcase_add_test (tests, a_sequence_without_its_picture_says_what_is_missing);
    tcase_add_test (tests, positions_have_words);
    tcase_add_test (tests, an_overlay_colours_patches_with_weight);
    tcase_add_test (tests, the_page_shows_the_picture_and_its_heads);
    tcase_add_test (tests, the_picture_is_a_table_too);
    tcase_add_test (tests, a_picture_that_cannot_be_read_is_tried_again);
    tcase_add_test (tests, an_image_model_has_labels);
    tcase_add_test (tests, larger_letters_have_more_room_beside_the_heads);
    tcase_add_test (tests, pictures_stand_beside_their_names_at_any_letters);
}

int
main (void)
{
    return run_on_display ("picture-view", add_tests, 120);
}
