/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the pointer alone reaches of the whole window, and nothing else tried: buttons of the header and of the
 * card, rows of the palette, a search's first row. Exit status 77 without a display. */
#include <string.h>

#include "app/window/window-private.h"
#include "tests/pointer-support.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/feature-model.h"
#include "ui/finder.h"
#include "ui/latent-model.h"
#include "ui/model-card.h"
#include "ui/note-box.h"

static void
text_read (GObject *clipboard, GAsyncResult *result, gpointer data)
{
    char **text = data;
    *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
    if (*text == NULL)
        *text = g_strdup ("");
}

/* What is on the clipboard.   Owner: caller. */
static char *
paste (Bench *bench)
{
    char *text = NULL;
    gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (bench->window)), NULL,
                                   text_read, &text);
    RUN_UNTIL (text != NULL);
    return text;
}

static GtkWidget *
find_button (GtkWidget *parent)
{
    GtkWidget *button = widget_tree_find (parent, GTK_TYPE_BUTTON);
    ck_assert_ptr_nonnull (button);
    return button;
}

static void
click (GtkWidget *widget)
{
    pointer_click (widget, gtk_widget_get_width (widget) / 2.0,
                   gtk_widget_get_height (widget) / 2.0, "click 1");
}

/* With the hash in full, which the card has no room for. */
START_TEST (the_card_is_copied_with_every_fact)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    GtkWidget *card = widget_tree_find (GTK_WIDGET (bench->window), FOVEA_TYPE_MODEL_CARD);
    const FoveaTraceInfo *info = fovea_selection_get_info (bench->selection);
    click (find_button (card));
    g_autofree char *text = paste (bench);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_autofree char *hash = g_strdup_printf ("hash\t%s", info->model_hash);
    ck_assert_uint_eq (g_strv_length (lines), 7);
    ck_assert_str_eq (lines[0], "fovea-demo");
    ck_assert (
        g_strv_contains ((const char *const *) lines, "layers × heads\t6 × 12, 4 key/value"));
    ck_assert_str_eq (lines[6], hash);
    bench_free (bench);
}
END_TEST

/* A row that is clicked is chosen, whichever the keys are on. */
START_TEST (a_row_of_the_palette_is_chosen_by_a_click)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    fovea_selection_select_head (bench->selection, 0, 0);
    activate (bench, "palette", NULL);
    GtkWidget *finder = NULL;
    RUN_UNTIL ((finder = find_window ("Find")) != NULL && gtk_widget_get_mapped (finder));
    fovea_finder_set_text (FOVEA_FINDER (finder), "5.1");
    g_autoptr (FoveaFinderItem) second =
        g_list_model_get_item (fovea_finder_get_results (FOVEA_FINDER (finder)), 1);
    FoveaFinderTarget target = *fovea_finder_item_get_target (second);
    ck_assert_int_eq (target.kind, FOVEA_FINDER_HEAD);
    GtkWidget *label = NULL;
    RUN_UNTIL ((label = find_label (finder, fovea_finder_item_get_title (second))) != NULL &&
               gtk_widget_get_mapped (label) && gtk_widget_get_width (label) > 0);
    click (label);
    RUN_UNTIL (fovea_selection_get_place (bench->selection)->layer == 5);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, target.head);
    bench_free (bench);
}
END_TEST

/* Nobody has to leave the box for it. */
START_TEST (a_note_is_kept_when_who_writes_pauses)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    fovea_selection_select_head (bench->selection, 4, 10);
    GtkWidget *box = widget_tree_find (GTK_WIDGET (bench->window), FOVEA_TYPE_NOTE_BOX);
    GtkWidget *text = widget_tree_find (box, GTK_TYPE_TEXT_VIEW);
    gtk_widget_grab_focus (text);
    gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)),
                                      "looks one back", -1);
    RUN_UNTIL (
        g_strcmp0 (fovea_notes_get (bench->window->notes,
                                    &(FoveaPlace){.layer = 4, .head = 10, .query = -1, .key = -1}),
                   "looks one back") == 0);
    ck_assert (gtk_widget_has_focus (text));
    bench_free (bench);
}
END_TEST

/* Also of what was typed just now: the list waits a little for more. The keys go to the latent. */
START_TEST (enter_takes_the_first_latent_that_a_search_leaves)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("features"));
    GtkWidget *page = GTK_WIDGET (bench->window->features_page), *offer = NULL;
    RUN_UNTIL ((offer = find_labelled (page, GTK_TYPE_BUTTON,
                                       "Encode with abstopk · blocks.3.hook_resid_post")) != NULL);
    g_signal_emit_by_name (offer, "clicked");
    RUN_UNTIL (fovea_feature_model_get_shown (bench->window->features) != NULL);
    FoveaFeatureModel *features = bench->window->features;
    int first = fovea_feature_model_get_latent (features);
    fovea_feature_model_step (features, 3);
    int wanted = fovea_feature_model_get_latent (features);
    fovea_feature_model_step (features, -3);
    ck_assert (wanted != first && fovea_feature_model_get_latent (features) == first);
    g_autofree char *id = g_strdup_printf ("%d", wanted);
    GtkWidget *search = NULL; /* lists have entries of their own, out of sight */
    g_autoptr (GPtrArray) entries = widget_tree_list (page, GTK_TYPE_SEARCH_ENTRY);
    for (guint i = 0; i < entries->len && search == NULL; i++)
        search = gtk_widget_get_mapped (entries->pdata[i]) ? entries->pdata[i] : NULL;
    ck_assert_ptr_nonnull (search);
    gtk_editable_set_text (GTK_EDITABLE (search), id);
    g_signal_emit_by_name (search, "activate");
    RUN_UNTIL (fovea_feature_model_get_latent (features) == wanted);
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
    ck_assert_ptr_nonnull (focus);
    ck_assert (focus != search && !gtk_widget_is_ancestor (focus, search));
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, the_card_is_copied_with_every_fact);
    tcase_add_test (tcase, a_row_of_the_palette_is_chosen_by_a_click);
    tcase_add_test (tcase, a_note_is_kept_when_who_writes_pauses);
    tcase_add_test (tcase, enter_takes_the_first_latent_that_a_search_leaves);
}

int
main (void)
{
    return pointer_prepare () ? window_bench_main ("window-clicks", add_tests) : 77;
}
