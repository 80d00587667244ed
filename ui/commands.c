/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are in the order in which the shortcuts window shows them. An action with an argument has it
 * in brackets, as g_action_parse_detailed_name() reads it. */
#include "ui/commands.h"

#include <glib/gi18n.h>
#include <string.h>

static const FoveaCommand commands[] = {
    {"win.view('heads')", "<Alt>1", N_ ("Heads"), N_ ("Views")},
    {"win.view('map')", "<Alt>2", N_ ("Map"), N_ ("Views")},
    {"win.view('sparsity')", "<Alt>3", N_ ("Sparsity"), N_ ("Views")},
    {"win.view('features')", "<Alt>4", N_ ("Features"), N_ ("Views")},
    {"win.view('picture')", "<Alt>5", N_ ("Picture"), N_ ("Views")},
    {"win.back", "<Alt>Left", N_ ("Selection back"), N_ ("Views")},
    {"win.forward", "<Alt>Right", N_ ("Selection forward"), N_ ("Views")},
    {"win.sidebar", "F9", N_ ("Sidebar"), N_ ("Views")},
    {"win.inspector", "<Control>i", N_ ("Inspector"), N_ ("Views")},
    {"win.next-pane", "F6", N_ ("Next pane"), N_ ("Views")},
    {"win.previous-pane", "<Shift>F6", N_ ("Previous pane"), N_ ("Views")},
    {"win.table", "<Control><Shift>t", N_ ("Show as table"), N_ ("Views")},
    {"win.arcs", "<Control><Shift>a", N_ ("Arcs of a short text"), N_ ("Views")},
    {"win.fullscreen", "F11", N_ ("Full screen"), N_ ("Views")},
    {"win.search", "<Control>f", N_ ("Search"), N_ ("Views")},
    {"win.palette", "<Control>k", N_ ("Find any action, head, run, token or latent"), N_ ("Views")},
    {"win.menu", "F10", N_ ("Menu"), N_ ("Views")},

    {"win.open", "<Control>o", N_ ("Open a store"), N_ ("Work")},
    {"win.new-capture", "<Control>n", N_ ("New capture"), N_ ("Work")},
    {"win.compare", "<Control>d", N_ ("Compare what is opened next with this, or stop"),
     N_ ("Work")},
    {"win.export", "<Control>e", N_ ("Export this view"), N_ ("Work")},
    {"win.copy-value", "<Control>c", N_ ("Copy value"), N_ ("Work")},
    {"win.copy-picture", "<Control><Shift>c", N_ ("Copy picture"), N_ ("Work")},
    {"win.measure", "<Control>r", N_ ("Measure the chosen sparse methods"), N_ ("Work")},
    {"win.add-dictionary", "<Control><Shift>d", N_ ("Add a dictionary"), N_ ("Work")},
    {"win.cancel", "<Control>period", N_ ("Cancel the running job"), N_ ("Work")},
    {"win.show-help-overlay", "<Control>question F1", N_ ("Keys"), N_ ("Work")},
    {"win.start", "<Alt>Home", N_ ("Start page"), N_ ("Work")},
    {"window.close", "<Control>w", N_ ("Close the window"), N_ ("Work")},
    {"app.quit", "<Control>q", N_ ("Quit"), N_ ("Work")},

    {"strip.left", "Left KP_Left", N_ ("Query before"), N_ ("Token strip")},
    {"strip.right", "Right KP_Right", N_ ("Next query"), N_ ("Token strip")},
    {"strip.up", "Up KP_Up", N_ ("Key before"), N_ ("Token strip")},
    {"strip.down", "Down KP_Down", N_ ("Next key"), N_ ("Token strip")},
    {"strip.far-left", "<Shift>Left", N_ ("Queries of a screen before"), N_ ("Token strip")},
    {"strip.far-right", "<Shift>Right", N_ ("Queries of a screen after"), N_ ("Token strip")},
    {"strip.first", "Home", N_ ("First query"), N_ ("Token strip")},
    {"strip.last", "End", N_ ("Last query"), N_ ("Token strip")},

    {"table.sort", "s", N_ ("Sort by the next column"), N_ ("Tables")},
    {"table.reverse", "r", N_ ("Turn the order round"), N_ ("Tables")},

    {"map.up", "Up KP_Up", N_ ("Query before"), N_ ("Map, cursor")},
    {"map.down", "Down KP_Down", N_ ("Next query"), N_ ("Map, cursor")},
    {"map.left", "Left KP_Left", N_ ("Key before"), N_ ("Map, cursor")},
    {"map.right", "Right KP_Right", N_ ("Next key"), N_ ("Map, cursor")},
    {"map.far-up", "<Shift>Up", N_ ("64 queries up"), N_ ("Map, cursor")},
    {"map.far-down", "<Shift>Down", N_ ("64 queries down"), N_ ("Map, cursor")},
    {"map.far-left", "<Shift>Left", N_ ("64 keys left"), N_ ("Map, cursor")},
    {"map.far-right", "<Shift>Right", N_ ("64 keys right"), N_ ("Map, cursor")},
    {"map.first-key", "Home", N_ ("First key of the row"), N_ ("Map, cursor")},
    {"map.last-key", "End", N_ ("Last key of the row"), N_ ("Map, cursor")},
    {"map.first-query", "<Control>Home", N_ ("First query"), N_ ("Map, cursor")},
    {"map.last-query", "<Control>End", N_ ("Last query"), N_ ("Map, cursor")},
    {"map.next-strong", "n", N_ ("Next strong cell of the row"), N_ ("Map, view")},
    {"map.previous-strong", "p", N_ ("Previous strong cell of the row"), N_ ("Map, view")},
    {"map.goto", "t", N_ ("Type a position"), N_ ("Map, view")},
    {"map.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Map, view")},
    {"map.next-head", "bracketright", N_ ("Next head"), N_ ("Map, view")},
    {"map.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Map, view")},
    {"map.next-layer", "braceright", N_ ("Next layer"), N_ ("Map, view")},
    {"map.zoom-in", "plus equal KP_Add", N_ ("Zoom in"), N_ ("Map, view")},
    {"map.zoom-out", "minus KP_Subtract", N_ ("Zoom out"), N_ ("Map, view")},
    {"map.zoom-cells", "0", N_ ("15 pixels a cell"), N_ ("Map, view")},
    {"map.zoom-cell", "z", N_ ("Zoom to the selected cell"), N_ ("Map, view")},
    {"map.fit", "f", N_ ("Whole map"), N_ ("Map, view")},
    {"map.block", "b", N_ ("Blocks: mean, largest"), N_ ("Map, view")},
    {"map.color", "l", N_ ("Colour: log, linear, score"), N_ ("Map, view")},
    {"map.overlay", "o", N_ ("Mask on, off"), N_ ("Map, view")},
    {"map.next-mask", "<Shift>o", N_ ("Next method's mask"), N_ ("Map, view")},
    {"map.note", "m", N_ ("Note on this cell"), N_ ("Map, view")},
    {"map.menu", "Menu <Shift>F10", N_ ("What can be done with this cell"), N_ ("Map, view")},
    {"map.pin", "space", N_ ("Hold the hovered cell, let go"), N_ ("Map, view")},

    {"arcs.up", "Up KP_Up", N_ ("Query before"), N_ ("Arcs")},
    {"arcs.down", "Down KP_Down", N_ ("Next query"), N_ ("Arcs")},
    {"arcs.left", "Left KP_Left", N_ ("Key before"), N_ ("Arcs")},
    {"arcs.right", "Right KP_Right", N_ ("Next key"), N_ ("Arcs")},
    {"arcs.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Arcs")},
    {"arcs.next-head", "bracketright", N_ ("Next head"), N_ ("Arcs")},

    {"curves.left", "Left KP_Left", N_ ("Sparser point"), N_ ("Sparsity")},
    {"curves.right", "Right KP_Right", N_ ("Denser point"), N_ ("Sparsity")},
    {"curves.up", "Up KP_Up", N_ ("Method before"), N_ ("Sparsity")},
    {"curves.down", "Down KP_Down", N_ ("Next method"), N_ ("Sparsity")},
    {"curves.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Sparsity")},
    {"curves.next-head", "bracketright", N_ ("Next head"), N_ ("Sparsity")},
    {"curves.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Sparsity")},
    {"curves.next-layer", "braceright", N_ ("Next layer"), N_ ("Sparsity")},
    {"curves.goal-up", "Page_Up", N_ ("Goal up"), N_ ("Sparsity")},
    {"curves.goal-down", "Page_Down", N_ ("Goal down"), N_ ("Sparsity")},
    {"curves.open", "Return KP_Enter", N_ ("This mask on the map"), N_ ("Sparsity")},

    {"latent.left", "Left KP_Left", N_ ("Token before"), N_ ("Features")},
    {"latent.right", "Right KP_Right", N_ ("Next token"), N_ ("Features")},
    {"latent.up", "Up KP_Up", N_ ("Context above"), N_ ("Features")},
    {"latent.down", "Down KP_Down", N_ ("Context below"), N_ ("Features")},
    {"latent.previous", "bracketleft", N_ ("Previous latent"), N_ ("Features")},
    {"latent.next", "bracketright", N_ ("Next latent"), N_ ("Features")},
    {"latent.open", "Return KP_Enter", N_ ("Select this token"), N_ ("Features")},

    {"picture.left", "Left KP_Left", N_ ("Patch at the left"), N_ ("Picture")},
    {"picture.right", "Right KP_Right", N_ ("Patch at the right"), N_ ("Picture")},
    {"picture.up", "Up KP_Up", N_ ("Patch above"), N_ ("Picture")},
    {"picture.down", "Down KP_Down", N_ ("Patch below"), N_ ("Picture")},
    {"picture.class", "Home", N_ ("Class token"), N_ ("Picture")},
    {"picture.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Picture")},
    {"picture.next-head", "bracketright", N_ ("Next head"), N_ ("Picture")},

    {"heads.left", "Left KP_Left", N_ ("Head before"), N_ ("Heads")},
    {"heads.right", "Right KP_Right", N_ ("Next head"), N_ ("Heads")},
    {"heads.up", "Up KP_Up", N_ ("Row above"), N_ ("Heads")},
    {"heads.down", "Down KP_Down", N_ ("Row below"), N_ ("Heads")},
    {"heads.first", "Home", N_ ("First head"), N_ ("Heads")},
    {"heads.last", "End", N_ ("Last head"), N_ ("Heads")},
    {"heads.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Heads")},
    {"heads.next-layer", "braceright", N_ ("Next layer"), N_ ("Heads")},
    {"heads.sort", "s", N_ ("Next sort"), N_ ("Heads")},
    {"heads.compare", "c", N_ ("Compare: alone, side by side, difference"), N_ ("Heads")},
    {"heads.show", "g", N_ ("Grid, plots, table"), N_ ("Heads")},
    {"heads.choose", "x", N_ ("Choose this head too, or not"), N_ ("Heads")},
    {"heads.choose-all", "a", N_ ("Choose every head shown"), N_ ("Heads")},
    {"heads.choose-none", "Escape", N_ ("Choose none"), N_ ("Heads")},
    {"heads.note", "m", N_ ("Note on this head"), N_ ("Heads")},
    {"heads.open", "Return KP_Enter", N_ ("Open the map of this head"), N_ ("Heads")},
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
            g_autofree char *title = g_markup_escape_text (_ (group), -1);
            g_string_append_printf (
                xml,
                "<child><object class='GtkShortcutsGroup'><property name='title'>%s</property>",
                title);
        }
        g_autofree char *shown = list_shown_keys (commands[i].keys);
        g_autofree char *keys = g_markup_escape_text (shown, -1);
        g_autofree char *what = g_markup_escape_text (_ (commands[i].title), -1);
        g_string_append_printf (
            xml,
            "<child><object class='GtkShortcutsShortcut'><property name='accelerator'>%s</property>"
            "<property name='title'>%s</property></object></child>",
            keys, what);
    }
    g_string_append (xml, "</object></child></object></child></object></interface>");
    g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml->str, (gssize) xml->len);
    g_string_free (xml, TRUE);
    return GTK_WIDGET (g_object_ref (gtk_builder_get_object (builder, "window")));
}
