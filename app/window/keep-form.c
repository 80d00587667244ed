/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention with its summaries is always kept: every view of this window follows from it. Sizes are
 * of the whole run, so that a part that is not kept says what it would cost. */
#include "app/window/keep-form.h"
#include "ui/tip.h"
#include "ui/token-text.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
    const char *name, *detail;
    const char *globs; /* NULL = always kept */
} parts[FOVEA_KEEP_N] = {
    [FOVEA_KEEP_ATTENTION] = {N_ ("Attention, factored"), N_ ("exact at any zoom"), NULL},
    [FOVEA_KEEP_SUMMARIES] = {N_ ("Summaries and pyramid"), N_ ("rows, 64 × 64 blocks"), NULL},
    [FOVEA_KEEP_RESIDUAL] = {N_ ("Residual stream"), "hook_resid_post", "blocks.*.hook_resid_post"},
    [FOVEA_KEEP_MLP] = {N_ ("MLP neurons"), "mlp.hook_post", "blocks.*.mlp.hook_post"},
    [FOVEA_KEEP_DENSE] = {N_ ("Dense maps"), "hook_pattern", "blocks.*.attn.hook_pattern"},
};

struct _FoveaKeepForm {
    GtkWidget *column, *entry;
    GtkLabel *named; /* what the entry names */
    GtkCheckButton *checks[FOVEA_KEEP_N];
    GtkLabel *sizes[FOVEA_KEEP_N];
};

static void
add_part (FoveaKeepForm *self, GtkWidget *grid, guint part, FoveaFormChanged changed, gpointer data)
{
    GtkWidget *check = gtk_check_button_new_with_label (_ (parts[part].name));
    GtkWidget *detail = gtk_label_new (_ (parts[part].detail)), *size = gtk_label_new ("");
    gboolean always = parts[part].globs == NULL;
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check), always);
    gtk_widget_set_sensitive (check, !always);
    if (always)
        fovea_tip_set (check, _ ("Every view of this window needs it"));
    gtk_widget_set_hexpand (check, TRUE);
    gtk_widget_add_css_class (detail, "quiet");
    gtk_label_set_xalign (GTK_LABEL (detail), 0);
    gtk_label_set_xalign (GTK_LABEL (size), 1);
    gtk_label_set_width_chars (GTK_LABEL (size), 9);
    gtk_grid_attach (GTK_GRID (grid), check, 0, (int) part, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), detail, 1, (int) part, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), size, 2, (int) part, 1, 1);
    self->checks[part] = GTK_CHECK_BUTTON (check);
    self->sizes[part] = GTK_LABEL (size);
    g_signal_connect_swapped (check, "toggled", G_CALLBACK (changed), data);
}

/* Names are for few people; the entry comes when it is asked for. */
static void
reveal_entry (GtkWidget *button, FoveaKeepForm *self)
{
    gtk_widget_set_visible (button, FALSE);
    gtk_widget_set_visible (self->entry, TRUE);
    gtk_widget_set_visible (GTK_WIDGET (self->named), TRUE);
    gtk_widget_grab_focus (self->entry);
}

FoveaKeepForm *
fovea_keep_form_new (FoveaFormChanged changed, gpointer data)
{
    FoveaKeepForm *self = g_new0 (FoveaKeepForm, 1);
    GtkWidget *grid = gtk_grid_new (),
              *more = gtk_button_new_with_label (_ ("+ Add points by name…"));
    self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
    self->entry = fovea_form_new_entry (_ ("More points to keep"), changed, data);
    gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
    for (guint part = 0; part < FOVEA_KEEP_N; part++)
        add_part (self, grid, part, changed, data);
    gtk_widget_add_css_class (more, "flat");
    gtk_widget_set_halign (more, GTK_ALIGN_START);
    gtk_widget_set_visible (self->entry, FALSE);
    gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), "blocks.{0,3-5}.attn.hook_z");
    fovea_tip_set (self->entry, _ ("Points with * and {layers}, commas between; fovea points MODEL "
                                   "lists them all"));
    g_signal_connect (more, "clicked", G_CALLBACK (reveal_entry), self);
    self->named = GTK_LABEL (gtk_label_new (""));
    gtk_label_set_xalign (self->named, 0);
    gtk_label_set_wrap (self->named, TRUE);
    gtk_label_set_wrap_mode (self->named, PANGO_WRAP_WORD_CHAR); /* names have no spaces */
    gtk_widget_add_css_class (GTK_WIDGET (self->named), "quiet");
    gtk_widget_set_visible (GTK_WIDGET (self->named), FALSE);
    gtk_widget_add_css_class (self->column, "card");
    gtk_widget_add_css_class (self->column, "keep");
    gtk_box_append (GTK_BOX (self->column), grid);
    gtk_box_append (GTK_BOX (self->column), more);
    gtk_box_append (GTK_BOX (self->column), self->entry);
    gtk_box_append (GTK_BOX (self->column), GTK_WIDGET (self->named));
    return self;
}

GtkWidget *
fovea_keep_form_get_widget (FoveaKeepForm *self)
{
    return self->column;
}

GtkWidget *
fovea_keep_form_get_entry (FoveaKeepForm *self)
{
    return self->entry;
}

static gboolean
has_names (FoveaKeepForm *self)
{
    const char *more = gtk_editable_get_text (GTK_EDITABLE (self->entry));
    return strspn (more, " ,") < strlen (more);
}

void
fovea_keep_form_fill (FoveaKeepForm *self, FoveaCaptureRequest *request)
{
    GString *points = g_string_new ("attention");
    const char *more = gtk_editable_get_text (GTK_EDITABLE (self->entry));
    for (guint part = 0; part < FOVEA_KEEP_N; part++)
        if (parts[part].globs != NULL && gtk_check_button_get_active (self->checks[part]))
            g_string_append_printf (points, ",%s", parts[part].globs);
    if (has_names (self)) {
        g_string_append_printf (points, ",%s", more);
        request->named = g_strdup (more);
    }
    request->points = g_string_free (points, FALSE);
    request->dense = gtk_check_button_get_active (self->checks[FOVEA_KEEP_DENSE]);
}

/* Below the entry, as it is typed: "6 points, 4.7 MB more".   Owner: caller. */
static char *
describe_names (const FoveaPrediction *prediction)
{
    g_autofree char *n = fovea_number_text (prediction->n_named);
    g_autofree char *size = g_format_size (prediction->named_bytes);
    if (prediction->named_bytes == 0)
        return g_strdup_printf (ngettext ("%s point, which follows from what is kept anyway",
                                          "%s points, which follow from what is kept anyway",
                                          prediction->n_named),
                                n);
    return g_strdup_printf (
        ngettext ("%s point, %s more", "%s points, %s more", prediction->n_named), n, size);
}

/* A part that this model has not got shows a dash and cannot be asked for. */
void
fovea_keep_form_show_sizes (FoveaKeepForm *self, const FoveaPrediction *prediction)
{
    for (guint part = 0; part < FOVEA_KEEP_N; part++) {
        guint64 bytes = prediction != NULL ? prediction->part_bytes[part] : 0;
        g_autofree char *size = bytes > 0 ? g_format_size (bytes) : g_strdup ("–");
        gtk_label_set_text (self->sizes[part], size);
        if (prediction != NULL && parts[part].globs != NULL)
            gtk_widget_set_sensitive (GTK_WIDGET (self->checks[part]), bytes > 0);
    }
    g_autofree char *names =
        prediction != NULL && has_names (self) ? describe_names (prediction) : g_strdup ("");
    gtk_label_set_text (self->named, names);
}

/* The plan's own words, which name the nearest points. */
void
fovea_keep_form_show_error (FoveaKeepForm *self, const GError *error)
{
    gboolean ours = has_names (self) && g_str_has_prefix (error->message, "no point matches ");
    gtk_label_set_text (self->named, ours ? error->message : "");
}

gboolean
fovea_keep_form_keeps (FoveaKeepForm *self, FoveaKeepPart part)
{
    return gtk_check_button_get_active (self->checks[part]);
}

void
fovea_keep_form_leave_out (FoveaKeepForm *self, FoveaKeepPart part)
{
    if (parts[part].globs != NULL)
        gtk_check_button_set_active (self->checks[part], FALSE);
}
