/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A row is made of its setting: a number has a field with the schema's range, a yes or no a switch, and one of
 * some words a list. Controls and settings are bound both ways, so that a change counts at once and one from
 * elsewhere is shown. */
#include "app/window/preferences-dialog.h"

#include <glib/gi18n.h>

#include "app/window/form.h"
#include "app/window/preferences.h"
#include "ui/choice.h"
#include "ui/sequence-order.h"
#include "ui/tip.h"

#define MOST_HEIGHT 520 /* what a screen of 600 pixels has below the dialog's title */
#define LINE        28  /* characters, at least */
#define MAX_CHOICES 5   /* and NULL */
#define ROW_KEY     "fovea-preferences-row"

typedef struct {
    const char *section; /* NULL = that of the row before */
    const char *key, *title;
    const char *unit; /* of a number */
    const char *what; /* it does */
} Setting;

static const Setting settings_shown[] = {
    {N_ ("APPEARANCE"), FOVEA_KEY_LOOK, N_ ("Colours of the window"), NULL,
     N_ ("Figures and exports have a choice of their own.")},
    {N_ ("STORES"), FOVEA_KEY_REOPEN, N_ ("Open what was open last"), NULL,
     N_ ("When Fovea starts without a file. Off: it begins with the start page.")},
    {NULL, FOVEA_KEY_ORDER, N_ ("Sequences in the sidebar"), NULL,
     N_ ("Also the order in which Ctrl+Page Down goes through a store.")},
    {N_ ("SCORES AND CURVES"), FOVEA_KEY_PATIENCE, N_ ("Longest job without asking"),
     N_ ("seconds"),
     N_ ("What is predicted to take longer waits until you choose how much of it you want. 0: "
         "always "
         "ask.")},
};

typedef struct {
    GtkWidget *dialog, *grid;
    GSettings *settings;
    GtkWidget *card;  /* of the section that is being built */
    GtkWidget *first; /* control */
    guint n_rows;
} Preferences;

/* Of one setting; its control has it. */
typedef struct {
    GSettings *settings;
    const Setting *setting;
    const char *ids[MAX_CHOICES + 1], *titles[MAX_CHOICES + 1]; /* of a list */
    GtkWidget *reset;
} Row;

static void
row_free (gpointer data)
{
    Row *row = data;
    g_object_unref (row->settings);
    g_free (row);
}

static void
preferences_free (gpointer data)
{
    Preferences *self = data;
    g_clear_object (&self->grid); /* closed before it was built */
    g_free (self);
}

static void
list_choices (Row *row)
{
    static const char *const looks[] = {N_ ("as the desktop"), N_ ("light"), N_ ("dark")};
    G_STATIC_ASSERT (FOVEA_N_ORDERS <= MAX_CHOICES);
    if (g_str_equal (row->setting->key, FOVEA_KEY_ORDER)) {
        for (guint i = 0; i < FOVEA_N_ORDERS; i++) {
            row->ids[i] = fovea_sequence_order_get_id ((FoveaSequenceOrder) i);
            row->titles[i] = fovea_sequence_order_get_title ((FoveaSequenceOrder) i);
        }
        return;
    }
    for (guint i = 0; i < FOVEA_N_LOOKS; i++) {
        row->ids[i] = fovea_look_get_id ((FoveaLook) i);
        row->titles[i] = _ (looks[i]);
    }
}

static guint
find_choice (const Row *row, GVariant *value)
{
    guint at = 0;
    while (row->ids[at] != NULL && !g_str_equal (row->ids[at], g_variant_get_string (value, NULL)))
        at++;
    return row->ids[at] != NULL ? at : 0;
}

static gboolean
choice_of_setting (GValue *selected, GVariant *value, gpointer row)
{
    g_value_set_uint (selected, find_choice (row, value));
    return TRUE;
}

static GVariant *
setting_of_choice (const GValue *selected, const GVariantType *type, gpointer data)
{
    const Row *row = data;
    guint at = g_value_get_uint (selected);
    return at < MAX_CHOICES && row->ids[at] != NULL ? g_variant_new_string (row->ids[at]) : NULL;
}

/* "10 seconds", "light", "on".   Owner: caller. */
static char *
spell (const Row *row, GVariant *value)
{
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
        return g_strdup_printf ("%g %s", g_variant_get_double (value), _ (row->setting->unit));
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        return g_strdup (g_variant_get_boolean (value) ? _ ("on") : _ ("off"));
    return g_strdup (row->titles[find_choice (row, value)]);
}

/* Nothing to take back, no button, but its place. Whoever pressed it goes on from the control. */
static void
show_reset (GtkWidget *control)
{
    const Row *row = g_object_get_data (G_OBJECT (control), ROW_KEY);
    const char *key = row->setting->key;
    g_autoptr (GVariant) value = g_settings_get_value (row->settings, key);
    g_autoptr (GVariant) normal = g_settings_get_default_value (row->settings, key);
    gboolean changed = !g_variant_equal (value, normal);
    if (!changed && gtk_widget_has_focus (row->reset))
        gtk_widget_child_focus (control, GTK_DIR_TAB_FORWARD);
    gtk_widget_set_opacity (row->reset, changed);
    gtk_widget_set_sensitive (row->reset, changed && g_settings_is_writable (row->settings, key));
}

static void
reset (GtkWidget *control)
{
    const Row *row = g_object_get_data (G_OBJECT (control), ROW_KEY);
    g_settings_reset (row->settings, row->setting->key);
}

static GtkWidget *
build_reset (Row *row)
{
    GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");
    g_autoptr (GVariant) normal = g_settings_get_default_value (row->settings, row->setting->key);
    g_autofree char *words = spell (row, normal);
    g_autofree char *name = g_strdup_printf (_ ("%s: back to %s"), _ (row->setting->title), words);
    g_autofree char *tip = g_strdup_printf (_ ("Back to “%s”"), words);
    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (button, "flat");
    gtk_widget_add_css_class (button, "reset");
    fovea_tip_set (button, tip);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
    return button;
}

/* The range is the schema's. */
static GtkWidget *
build_number (Row *row)
{
    const Setting *setting = row->setting;
    g_autoptr (GSettingsSchema) schema = NULL;
    g_object_get (row->settings, "settings-schema", &schema, NULL);
    g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, setting->key);
    g_autoptr (GVariant) range = g_settings_schema_key_get_range (key);
    g_autoptr (GVariant) ends = NULL;
    const char *kind;
    double low, high;
    g_variant_get (range, "(&sv)", &kind, &ends);
    g_variant_get (ends, "(dd)", &low, &high);
    g_autofree char *name = g_strdup_printf ("%s, %s", _ (setting->title), _ (setting->unit));
    GtkSpinButton *spin = fovea_form_new_number (name, low, high, low, NULL, NULL);
    g_settings_bind (row->settings, setting->key, spin, "value", G_SETTINGS_BIND_DEFAULT);
    return GTK_WIDGET (spin);
}

static GtkWidget *
build_switch (Row *row)
{
    GtkWidget *control = gtk_switch_new ();
    gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ (row->setting->title), -1);
    g_settings_bind (row->settings, row->setting->key, control, "active", G_SETTINGS_BIND_DEFAULT);
    return control;
}

static GtkWidget *
build_list (Row *row)
{
    GtkWidget *control = fovea_form_new_list (row->titles, _ (row->setting->title));
    fovea_choice_keep_whole (GTK_DROP_DOWN (control));
    g_settings_bind_with_mapping (row->settings, row->setting->key, control, "selected",
                                  G_SETTINGS_BIND_DEFAULT, choice_of_setting, setting_of_choice,
                                  row, NULL);
    return control;
}

static GtkWidget *
build_control (Row *row)
{
    g_autoptr (GVariant) value = g_settings_get_value (row->settings, row->setting->key);
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
        return build_number (row);
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        return build_switch (row);
    list_choices (row);
    return build_list (row);
}

/* Where a setting counts for nothing, the row says why. */
static const char *
explain (const Setting *setting)
{
    gboolean look = g_str_equal (setting->key, FOVEA_KEY_LOOK);
    return look && g_getenv ("FOVEA_THEME") != NULL
               ? _ ("FOVEA_THEME is set, which has the last word.")
               : _ (setting->what);
}

/* What it is called, and what it does. */
static GtkWidget *
build_words (const Setting *setting)
{
    GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
    gtk_label_set_text (fovea_form_add_text (words, "name", LINE), _ (setting->title));
    gtk_label_set_text (fovea_form_add_text (words, "quiet", LINE), explain (setting));
    gtk_widget_set_hexpand (words, TRUE);
    return words;
}

/* Of the control and of what in it has the focus. */
static void
describe (GtkWidget *control, const char *what)
{
    GtkWidget *parts[] = {control,
                          GTK_IS_DROP_DOWN (control) ? gtk_widget_get_first_child (control)
                          : GTK_IS_EDITABLE (control)
                              ? GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (control)))
                              : control};
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        gtk_accessible_update_property (GTK_ACCESSIBLE (parts[i]),
                                        GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, what, -1);
}

static void
add_row (Preferences *self, const Setting *setting)
{
    Row *row = g_new0 (Row, 1);
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
    g_autofree char *changed = g_strdup_printf ("changed::%s", setting->key);
    row->settings = g_object_ref (self->settings);
    row->setting = setting;
    GtkWidget *control = build_control (row);
    g_object_set_data_full (G_OBJECT (control), ROW_KEY, row, row_free);
    gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
    describe (control, explain (setting));
    row->reset = build_reset (row);
    gtk_widget_add_css_class (box, "setting");
    gtk_box_append (GTK_BOX (box), build_words (setting));
    gtk_box_append (GTK_BOX (box), control);
    if (setting->unit != NULL)
        gtk_box_append (GTK_BOX (box), gtk_label_new (_ (setting->unit)));
    gtk_box_append (GTK_BOX (box), row->reset);
    gtk_box_append (GTK_BOX (self->card), box);
    g_signal_connect_object (self->settings, changed, G_CALLBACK (show_reset), control,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (row->reset, "clicked", G_CALLBACK (reset), control, G_CONNECT_SWAPPED);
    show_reset (control);
    if (self->first == NULL)
        self->first = control;
}

static void
add_section (Preferences *self, const char *title)
{
    GtkWidget *section = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *heading = gtk_label_new (title);
    gtk_widget_add_css_class (heading, "section");
    gtk_label_set_xalign (GTK_LABEL (heading), 0);
    self->card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    gtk_widget_add_css_class (self->card, "card");
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->card), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    title, -1);
    gtk_box_append (GTK_BOX (section), heading);
    gtk_box_append (GTK_BOX (section), self->card);
    gtk_grid_attach (GTK_GRID (self->grid), section, 0, (int) self->n_rows, 1, 1);
}

/* FoveaFormStep. */
static void
build_row (gpointer data)
{
    Preferences *self = data;
    const Setting *setting = &settings_shown[self->n_rows];
    if (setting->section != NULL)
        add_section (self, _ (setting->section));
    add_row (self, setting);
    self->n_rows++;
}

/* FoveaFormStep. As high as its rows where the screen has room for them. */
static void
build_frame (gpointer data)
{
    Preferences *self = data;
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                    GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
    gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), MOST_HEIGHT);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->grid);
    gtk_window_set_child (GTK_WINDOW (self->dialog), scrolled);
    g_clear_object (&self->grid);
    gtk_widget_child_focus (self->first, GTK_DIR_TAB_FORWARD);
}

void
fovea_preferences_dialog_present (GtkWindow *owner)
{
    static const FoveaFormStep steps[] = {build_row, build_row,   build_row,
                                          build_row, build_frame, NULL};
    G_STATIC_ASSERT (G_N_ELEMENTS (steps) == G_N_ELEMENTS (settings_shown) + 2);
    GSettings *settings = fovea_preferences_get ();
    if (settings == NULL)
        return;
    Preferences *self = g_new0 (Preferences, 1);
    self->settings = settings;
    self->grid = g_object_ref_sink (gtk_grid_new ());
    gtk_grid_set_row_spacing (GTK_GRID (self->grid), 18);
    gtk_widget_add_css_class (self->grid, "preferences");
    const FoveaFormFrame frame = {.owner = owner,
                                  .title = _ ("Preferences"),
                                  .width = 600,
                                  .height = -1,
                                  .data = self,
                                  .free_data = preferences_free};
    self->dialog = fovea_form_new (&frame, NULL);
    fovea_form_present (self->dialog, steps);
}
