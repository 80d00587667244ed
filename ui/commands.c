/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are in the order in which the shortcuts window shows them. An action with an argument has it
 * in brackets, as g_action_parse_detailed_name() reads it. */
#include "ui/commands.h"

#include <string.h>

static const FoveaCommand commands[] = {
    {"win.view('heads')", "<Alt>1", "Heads", "Views"},
    {"win.view('map')", "<Alt>2", "Map", "Views"},
    {"win.view('sparsity')", "<Alt>3", "Sparsity", "Views"},
    {"win.view('features')", "<Alt>4", "Features", "Views"},
    {"win.view('picture')", "<Alt>5", "Picture", "Views"},
    {"win.back", "<Alt>Left", "Selection back", "Views"},
    {"win.forward", "<Alt>Right", "Selection forward", "Views"},
    {"win.sidebar", "F9", "Sidebar", "Views"},
    {"win.inspector", "<Control>i", "Inspector", "Views"},
    {"win.next-pane", "F6", "Next pane", "Views"},
    {"win.previous-pane", "<Shift>F6", "Previous pane", "Views"},
    {"win.table", "<Control><Shift>t", "Show as table", "Views"},
    {"win.arcs", "<Control><Shift>a", "Arcs of a short text", "Views"},
    {"win.fullscreen", "F11", "Full screen", "Views"},
    {"win.search", "<Control>f", "Search", "Views"},
    {"win.palette", "<Control>k", "Find any action, head, run or token", "Views"},
    {"win.menu", "F10", "Menu", "Views"},

    {"win.open", "<Control>o", "Open a store", "Work"},
    {"win.new-capture", "<Control>n", "New capture", "Work"},
    {"win.compare", "<Control>d", "Compare what is opened next with this, or stop", "Work"},
    {"win.export", "<Control>e", "Export this view", "Work"},
    {"win.copy-value", "<Control>c", "Copy value", "Work"},
    {"win.copy-picture", "<Control><Shift>c", "Copy picture", "Work"},
    {"win.measure", "<Control>r", "Measure the chosen sparse methods", "Work"},
    {"win.add-dictionary", "<Control><Shift>d", "Add a dictionary", "Work"},
    {"win.cancel", "<Control>period", "Cancel the running job", "Work"},
    {"win.show-help-overlay", "<Control>question F1", "Keys", "Work"},
    {"window.close", "<Control>w", "Close the window", "Work"},
    {"app.quit", "<Control>q", "Quit", "Work"},

    {"map.up", "Up KP_Up", "Query before", "Map, cursor"},
    {"map.down", "Down KP_Down", "Next query", "Map, cursor"},
    {"map.left", "Left KP_Left", "Key before", "Map, cursor"},
    {"map.right", "Right KP_Right", "Next key", "Map, cursor"},
    {"map.far-up", "<Shift>Up", "64 queries up", "Map, cursor"},
    {"map.far-down", "<Shift>Down", "64 queries down", "Map, cursor"},
    {"map.far-left", "<Shift>Left", "64 keys left", "Map, cursor"},
    {"map.far-right", "<Shift>Right", "64 keys right", "Map, cursor"},
    {"map.first-key", "Home", "First key of the row", "Map, cursor"},
    {"map.last-key", "End", "Last key of the row", "Map, cursor"},
    {"map.first-query", "<Control>Home", "First query", "Map, cursor"},
    {"map.last-query", "<Control>End", "Last query", "Map, cursor"},
    {"map.next-strong", "n", "Next strong cell of the row", "Map, view"},
    {"map.previous-strong", "p", "Previous strong cell of the row", "Map, view"},
    {"map.goto", "t", "Type a position", "Map, view"},
    {"map.previous-head", "bracketleft", "Previous head", "Map, view"},
    {"map.next-head", "bracketright", "Next head", "Map, view"},
    {"map.previous-layer", "braceleft", "Previous layer", "Map, view"},
    {"map.next-layer", "braceright", "Next layer", "Map, view"},
    {"map.zoom-in", "plus equal KP_Add", "Zoom in", "Map, view"},
    {"map.zoom-out", "minus KP_Subtract", "Zoom out", "Map, view"},
    {"map.zoom-cells", "0", "15 pixels a cell", "Map, view"},
    {"map.zoom-cell", "z", "Zoom to the selected cell", "Map, view"},
    {"map.fit", "f", "Whole map", "Map, view"},
    {"map.block", "b", "Blocks: mean, largest", "Map, view"},
    {"map.color", "l", "Colour: log, linear, score", "Map, view"},
    {"map.overlay", "o", "Mask on, off", "Map, view"},
    {"map.next-mask", "<Shift>o", "Next method's mask", "Map, view"},
    {"map.note", "m", "Note on this cell", "Map, view"},
    {"map.menu", "Menu <Shift>F10", "What can be done with this cell", "Map, view"},
    {"map.pin", "space", "Hold the hovered cell, let go", "Map, view"},

    {"arcs.up", "Up KP_Up", "Query before", "Arcs"},
    {"arcs.down", "Down KP_Down", "Next query", "Arcs"},
    {"arcs.left", "Left KP_Left", "Key before", "Arcs"},
    {"arcs.right", "Right KP_Right", "Next key", "Arcs"},
    {"arcs.previous-head", "bracketleft", "Previous head", "Arcs"},
    {"arcs.next-head", "bracketright", "Next head", "Arcs"},

    {"curves.left", "Left KP_Left", "Sparser point", "Sparsity"},
    {"curves.right", "Right KP_Right", "Denser point", "Sparsity"},
    {"curves.up", "Up KP_Up", "Method before", "Sparsity"},
    {"curves.down", "Down KP_Down", "Next method", "Sparsity"},
    {"curves.previous-head", "bracketleft", "Previous head", "Sparsity"},
    {"curves.next-head", "bracketright", "Next head", "Sparsity"},
    {"curves.previous-layer", "braceleft", "Previous layer", "Sparsity"},
    {"curves.next-layer", "braceright", "Next layer", "Sparsity"},
    {"curves.goal-up", "Page_Up", "Goal up", "Sparsity"},
    {"curves.goal-down", "Page_Down", "Goal down", "Sparsity"},
    {"curves.open", "Return KP_Enter", "This mask on the map", "Sparsity"},

    {"latent.left", "Left KP_Left", "Token before", "Features"},
    {"latent.right", "Right KP_Right", "Next token", "Features"},
    {"latent.up", "Up KP_Up", "Context above", "Features"},
    {"latent.down", "Down KP_Down", "Context below", "Features"},
    {"latent.previous", "bracketleft", "Previous latent", "Features"},
    {"latent.next", "bracketright", "Next latent", "Features"},
    {"latent.open", "Return KP_Enter", "Select this token", "Features"},

    {"heads.left", "Left KP_Left", "Head before", "Heads"},
    {"heads.right", "Right KP_Right", "Next head", "Heads"},
    {"heads.up", "Up KP_Up", "Row above", "Heads"},
    {"heads.down", "Down KP_Down", "Row below", "Heads"},
    {"heads.first", "Home", "First head", "Heads"},
    {"heads.last", "End", "Last head", "Heads"},
    {"heads.previous-layer", "braceleft", "Previous layer", "Heads"},
    {"heads.next-layer", "braceright", "Next layer", "Heads"},
    {"heads.sort", "s", "Next sort", "Heads"},
    {"heads.compare", "c", "Compare: alone, side by side, difference", "Heads"},
    {"heads.show", "g", "Grid, plots, table", "Heads"},
    {"heads.choose", "x", "Choose this head too, or not", "Heads"},
    {"heads.choose-all", "a", "Choose every head shown", "Heads"},
    {"heads.choose-none", "Escape", "Choose none", "Heads"},
    {"heads.note", "m", "Note on this head", "Heads"},
    {"heads.open", "Return KP_Enter", "Open the map of this head", "Heads"},
};

const FoveaCommand *
fovea_commands_get (guint *n)
{
    *n = G_N_ELEMENTS (commands);
    return commands;
}

void
fovea_commands_set_accels (GtkApplication *application)
{
    for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
        const FoveaCommand *command = &commands[i];
        if (strchr (command->action, '.') - command->action != 3 &&
            !g_str_has_prefix (command->action, "window."))
            continue;
        if (g_str_has_prefix (command->action, "map."))
            continue;
        g_auto (GStrv) keys = g_strsplit (command->keys, " ", -1);
        gtk_application_set_accels_for_action (application, command->action,
                                               (const char *const *) keys);
    }
}

void
fovea_commands_bind (GtkWidgetClass *widget_class,
                     const char *prefix,
                     GtkWidgetActionActivateFunc activate)
{
    for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
        if (!g_str_has_prefix (commands[i].action, prefix))
            continue;
        gtk_widget_class_install_action (widget_class, commands[i].action, NULL, activate);
        g_auto (GStrv) keys = g_strsplit (commands[i].keys, " ", -1);
        for (guint k = 0; keys[k] != NULL; k++) {
            guint key;
            GdkModifierType modifiers;
            if (gtk_accelerator_parse (keys[k], &key, &modifiers))
                gtk_widget_class_add_binding_action (widget_class, key, modifiers,
                                                     commands[i].action, NULL);
            /* Braces and plus need Shift on many keyboards, none on others. */
            if (strchr ("bp", keys[k][0]) != NULL && keys[k][1] != '\0')
                gtk_widget_class_add_binding_action (widget_class, key, GDK_SHIFT_MASK,
                                                     commands[i].action, NULL);
        }
    }
}

/* Keys of the number pad do the same as their twins; people need not read them. */
static char *
list_shown_keys (const char *keys)
{
    g_auto (GStrv) words = g_strsplit (keys, " ", -1);
    GString *shown = g_string_new (NULL);
    for (guint i = 0; words[i] != NULL; i++)
        if (!g_str_has_prefix (words[i], "KP_"))
            g_string_append_printf (shown, "%s%s", shown->len > 0 ? " " : "", words[i]);
    return g_string_free (shown, FALSE);
}

GtkWidget *
fovea_commands_new_window (void)
{
    /* GtkShortcutsWindow 4.8 can be filled through GtkBuilder only. */
    GString *xml = g_string_new (
        "<interface><object class='GtkShortcutsWindow' id='window'><property "
        "name='modal'>1</property>"
        "<child><object class='GtkShortcutsSection'><property name='section-name'>all</property>"
        "<property name='max-height'>15</property>");
    const char *group = "";
    for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
        if (strcmp (group, commands[i].group) != 0) {
            g_string_append (xml, *group != '\0' ? "</object></child>" : "");
            group = commands[i].group;
            g_string_append_printf (
                xml,
                "<child><object class='GtkShortcutsGroup'><property name='title'>%s</property>",
                group);
        }
        g_autofree char *shown = list_shown_keys (commands[i].keys);
        g_autofree char *keys = g_markup_escape_text (shown, -1);
        g_string_append_printf (
            xml,
            "<child><object class='GtkShortcutsShortcut'><property name='accelerator'>%s</property>"
            "<property name='title'>%s</property></object></child>",
            keys, commands[i].title);
    }
    g_string_append (xml, "</object></child></object></child></object></interface>");
    g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml->str, (gssize) xml->len);
    g_string_free (xml, TRUE);
    return GTK_WIDGET (g_object_ref (gtk_builder_get_object (builder, "window")));
}
