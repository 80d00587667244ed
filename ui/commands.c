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
    {"win.next-sequence", "<Control>Page_Down", N_ ("Next sequence of the store"), N_ ("Views")},
    {"win.previous-sequence", "<Control>Page_Up", N_ ("Sequence before"), N_ ("Views")},
    {"win.sidebar", "F9", N_ ("Sidebar"), N_ ("Panes")},
    {"win.inspector", "<Control>i", N_ ("Inspector"), N_ ("Panes")},
    {"win.next-pane", "F6", N_ ("Next pane"), N_ ("Panes")},
    {"win.previous-pane", "<Shift>F6", N_ ("Previous pane"), N_ ("Panes")},
    {"win.divider", "F8", N_ ("Divider between two panes: arrows move it"), N_ ("Panes")},
    {"win.table", "<Control><Shift>t", N_ ("Show as table"), N_ ("Panes")},
    {"win.arcs", "<Control><Shift>a", N_ ("Arcs of a short text"), N_ ("Panes")},
    {"win.fullscreen", "F11", N_ ("Full screen"), N_ ("Panes")},
    {"win.search", "<Control>f", N_ ("Search"), N_ ("Panes")},
    {"win.palette", "<Control>k", N_ ("Find any action, head, run, token, latent or note"),
     N_ ("Panes")},
    {"win.menu", "F10", N_ ("Menu"), N_ ("Panes")},

    {"win.open", "<Control>o", N_ ("Open a store"), N_ ("Stores and figures")},
    {"win.new-capture", "<Control>n", N_ ("New capture"), N_ ("Stores and figures")},
    {"win.capture-files", "<Control><Shift>n", N_ ("New capture of files"),
     N_ ("Stores and figures")},
    {"win.close-store", "<Control><Shift>w", N_ ("Close the open store, its file stays"),
     N_ ("Stores and figures")},
    {"win.sort-sequences", "<Control><Shift>s", N_ ("Sort sequences in another order"),
     N_ ("Stores and figures")},
    {"win.compare", "<Control>d", N_ ("Compare what is opened next with this, or stop"),
     N_ ("Stores and figures")},
    {"win.export", "<Control>e", N_ ("Export this view"), N_ ("Stores and figures")},
    {"win.copy-value", "<Control>c", N_ ("Copy value"), N_ ("Stores and figures")},
    {"win.copy-table", "<Control><Alt>c", N_ ("Copy as table"), N_ ("Stores and figures")},
    {"win.copy-picture", "<Control><Shift>c", N_ ("Copy picture"), N_ ("Stores and figures")},
    {"win.measure", "<Control>r", N_ ("Measure the chosen sparse methods"), N_ ("Jobs")},
    {"win.add-dictionary", "<Control><Shift>d", N_ ("Add a dictionary"), N_ ("Jobs")},
    {"win.cancel", "<Control>period", N_ ("Cancel the running job"), N_ ("Jobs")},
    {"win.go-on", "<Control>g", N_ ("Go on with the capture or encoding that was cancelled"),
     N_ ("Jobs")},
    {"win.preferences", "<Control>comma", N_ ("Preferences"), N_ ("Program")},
    {"win.show-help-overlay", "<Control>question", N_ ("Keys"), N_ ("Program")},
    {"win.help", "F1", N_ ("Keys of this view"), N_ ("Program")},
    {"win.start", "<Alt>Home", N_ ("Start page"), N_ ("Stores and figures")},
    {"window.close", "<Control>w", N_ ("Close the window"), N_ ("Program")},
    {"app.quit", "<Control>q", N_ ("Quit"), N_ ("Program")},

    {"sidebar.close", "Delete KP_Delete", N_ ("Close the store of this row, its file stays"),
     N_ ("Sidebar")},
    {"sidebar.sort", "s", N_ ("Sort sequences by the next order"), N_ ("Sidebar")},
    {"sidebar.copy-path", "p", N_ ("Copy the path of its file"), N_ ("Sidebar")},
    {"sidebar.menu", "Menu <Shift>F10", N_ ("What can be done with this row"), N_ ("Sidebar")},

    {"inspector.open", "Return KP_Enter", N_ ("Select the cell of this row"), N_ ("Inspector")},
    {"inspector.pin", "space", N_ ("Hold the hovered cell, let go"), N_ ("Inspector")},

    {"strip.left", "Left KP_Left", N_ ("Query before"), N_ ("Token strip")},
    {"strip.right", "Right KP_Right", N_ ("Next query"), N_ ("Token strip")},
    {"strip.up", "Up KP_Up", N_ ("Key before"), N_ ("Token strip")},
    {"strip.down", "Down KP_Down", N_ ("Next key"), N_ ("Token strip")},
    {"strip.far-left", "<Shift>Left <Shift>KP_Left", N_ ("Queries of a screen before"),
     N_ ("Token strip")},
    {"strip.far-right", "<Shift>Right <Shift>KP_Right", N_ ("Queries of a screen after"),
     N_ ("Token strip")},
    {"strip.first", "Home KP_Home", N_ ("First query"), N_ ("Token strip")},
    {"strip.last", "End KP_End", N_ ("Last query"), N_ ("Token strip")},
    {"strip.goto", "t", N_ ("Type a position"), N_ ("Token strip")},
    {"strip.open", "Return KP_Enter", N_ ("Its strongest latent; again: the next"),
     N_ ("Token strip, head and row")},
    {"strip.choose", "x", N_ ("Choose this token too, or not"), N_ ("Token strip, head and row")},
    {"strip.choose-none", "Escape", N_ ("Choose none"), N_ ("Token strip, head and row")},
    {"strip.next-strong", "n", N_ ("Next strong cell of the row"),
     N_ ("Token strip, head and row")},
    {"strip.previous-strong", "p", N_ ("Previous strong cell of the row"),
     N_ ("Token strip, head and row")},
    {"strip.follow", "k", N_ ("Make the key the query"), N_ ("Token strip, head and row")},
    {"strip.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Token strip, head and row")},
    {"strip.next-head", "bracketright", N_ ("Next head"), N_ ("Token strip, head and row")},
    {"strip.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Token strip, head and row")},
    {"strip.next-layer", "braceright", N_ ("Next layer"), N_ ("Token strip, head and row")},
    {"strip.note", "m", N_ ("Note on this head or cell"), N_ ("Token strip, head and row")},
    {"strip.pin", "space", N_ ("Hold the hovered cell, let go"), N_ ("Token strip, head and row")},
    {"strip.menu", "Menu <Shift>F10", N_ ("What can be done with this token"),
     N_ ("Token strip, head and row")},

    {"table.left", "Left KP_Left", N_ ("Columns further left"), N_ ("Tables")},
    {"table.right", "Right KP_Right", N_ ("Columns further right"), N_ ("Tables")},
    {"table.sort", "s", N_ ("Sort by the next column"), N_ ("Tables")},
    {"table.reverse", "r", N_ ("Turn the order round"), N_ ("Tables")},
    {"table.copy", "<Control><Alt>c", N_ ("Copy the table as CSV"), N_ ("Tables")},
    {"table.wider", "plus equal KP_Add", N_ ("Column that sorts: wider"), N_ ("Tables")},
    {"table.narrower", "minus KP_Subtract", N_ ("Column that sorts: narrower"), N_ ("Tables")},
    {"table.pin", "space", N_ ("Hold the hovered row, let go"), N_ ("Tables")},

    {"map.up", "Up KP_Up", N_ ("Query before"), N_ ("Map, cursor")},
    {"map.down", "Down KP_Down", N_ ("Next query"), N_ ("Map, cursor")},
    {"map.left", "Left KP_Left", N_ ("Key before"), N_ ("Map, cursor")},
    {"map.right", "Right KP_Right", N_ ("Next key"), N_ ("Map, cursor")},
    {"map.far-up", "<Shift>Up <Shift>KP_Up", N_ ("64 queries up"), N_ ("Map, cursor")},
    {"map.far-down", "<Shift>Down <Shift>KP_Down", N_ ("64 queries down"), N_ ("Map, cursor")},
    {"map.far-left", "<Shift>Left <Shift>KP_Left", N_ ("64 keys left"), N_ ("Map, cursor")},
    {"map.far-right", "<Shift>Right <Shift>KP_Right", N_ ("64 keys right"), N_ ("Map, cursor")},
    {"map.first-key", "Home KP_Home", N_ ("First key of the row"), N_ ("Map, cursor")},
    {"map.last-key", "End KP_End", N_ ("Last key of the row"), N_ ("Map, cursor")},
    {"map.first-query", "<Control>Home <Control>KP_Home", N_ ("First query"), N_ ("Map, cursor")},
    {"map.last-query", "<Control>End <Control>KP_End", N_ ("Last query"), N_ ("Map, cursor")},
    {"map.next-strong", "n", N_ ("Next strong cell of the row"), N_ ("Map, head and row")},
    {"map.previous-strong", "p", N_ ("Previous strong cell of the row"), N_ ("Map, head and row")},
    {"map.goto", "t", N_ ("Type a position"), N_ ("Map, zoom")},
    {"map.follow", "k", N_ ("Make the key the query"), N_ ("Map, head and row")},
    {"map.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Map, head and row")},
    {"map.next-head", "bracketright", N_ ("Next head"), N_ ("Map, head and row")},
    {"map.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Map, head and row")},
    {"map.next-layer", "braceright", N_ ("Next layer"), N_ ("Map, head and row")},
    {"map.zoom-in", "plus equal KP_Add", N_ ("Zoom in"), N_ ("Map, zoom")},
    {"map.zoom-out", "minus KP_Subtract", N_ ("Zoom out"), N_ ("Map, zoom")},
    {"map.zoom-cells", "0", N_ ("15 pixels a cell"), N_ ("Map, zoom")},
    {"map.zoom-cell", "z", N_ ("Zoom to the selected cell"), N_ ("Map, zoom")},
    {"map.fit", "f", N_ ("Whole map"), N_ ("Map, zoom")},
    {"map.block", "b", N_ ("Blocks: mean, largest"), N_ ("Map, drawing")},
    {"map.color", "l", N_ ("Colour: log, linear, score, difference"), N_ ("Map, drawing")},
    {"map.overlay", "o", N_ ("Mask on, off"), N_ ("Map, drawing")},
    {"map.next-mask", "<Shift>o", N_ ("Next method's mask"), N_ ("Map, drawing")},
    {"map.note", "m", N_ ("Note on this cell"), N_ ("Map, drawing")},
    {"map.menu", "Menu <Shift>F10", N_ ("What can be done with this cell"), N_ ("Map, drawing")},
    {"map.pin", "space", N_ ("Hold the hovered cell, let go"), N_ ("Map, drawing")},

    {"arcs.up", "Up KP_Up", N_ ("Query before"), N_ ("Arcs, cursor")},
    {"arcs.down", "Down KP_Down", N_ ("Next query"), N_ ("Arcs, cursor")},
    {"arcs.left", "Left KP_Left", N_ ("Key before"), N_ ("Arcs, cursor")},
    {"arcs.right", "Right KP_Right", N_ ("Next key"), N_ ("Arcs, cursor")},
    {"arcs.first-key", "Home KP_Home", N_ ("First key of the row"), N_ ("Arcs, cursor")},
    {"arcs.last-key", "End KP_End", N_ ("Last key of the row"), N_ ("Arcs, cursor")},
    {"arcs.first-query", "<Control>Home <Control>KP_Home", N_ ("First query"), N_ ("Arcs, cursor")},
    {"arcs.last-query", "<Control>End <Control>KP_End", N_ ("Last query"), N_ ("Arcs, cursor")},
    {"arcs.goto", "t", N_ ("Type a position"), N_ ("Arcs, cursor")},
    {"arcs.next-strong", "n", N_ ("Next strong cell of the row"), N_ ("Arcs, head and row")},
    {"arcs.previous-strong", "p", N_ ("Previous strong cell of the row"),
     N_ ("Arcs, head and row")},
    {"arcs.follow", "k", N_ ("Make the key the query"), N_ ("Arcs, head and row")},
    {"arcs.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Arcs, head and row")},
    {"arcs.next-head", "bracketright", N_ ("Next head"), N_ ("Arcs, head and row")},
    {"arcs.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Arcs, head and row")},
    {"arcs.next-layer", "braceright", N_ ("Next layer"), N_ ("Arcs, head and row")},
    {"arcs.note", "m", N_ ("Note on this cell"), N_ ("Arcs, head and row")},
    {"arcs.pin", "space", N_ ("Hold the hovered cell, let go"), N_ ("Arcs, head and row")},
    {"arcs.menu", "Menu <Shift>F10", N_ ("What can be done with this cell"),
     N_ ("Arcs, head and row")},

    {"curves.left", "Left KP_Left", N_ ("Sparser point"), N_ ("Sparsity")},
    {"curves.right", "Right KP_Right", N_ ("Denser point"), N_ ("Sparsity")},
    {"curves.up", "Up KP_Up", N_ ("Method before"), N_ ("Sparsity")},
    {"curves.down", "Down KP_Down", N_ ("Next method"), N_ ("Sparsity")},
    {"curves.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Sparsity")},
    {"curves.next-head", "bracketright", N_ ("Next head"), N_ ("Sparsity")},
    {"curves.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Sparsity")},
    {"curves.next-layer", "braceright", N_ ("Next layer"), N_ ("Sparsity")},
    {"curves.goal-up", "Page_Up KP_Page_Up", N_ ("Goal up"), N_ ("Sparsity")},
    {"curves.goal-down", "Page_Down KP_Page_Down", N_ ("Goal down"), N_ ("Sparsity")},
    {"curves.pin", "space", N_ ("Hold the hovered head, let go"), N_ ("Sparsity")},
    {"curves.menu", "Menu <Shift>F10", N_ ("What can be done with this point"), N_ ("Sparsity")},
    {"curves.open", "Return KP_Enter", N_ ("This mask on the map"), N_ ("Sparsity")},

    {"mask.up", "Up KP_Up", N_ ("Query before"), N_ ("Mask")},
    {"mask.down", "Down KP_Down", N_ ("Next query"), N_ ("Mask")},
    {"mask.left", "Left KP_Left", N_ ("Key before"), N_ ("Mask")},
    {"mask.right", "Right KP_Right", N_ ("Next key"), N_ ("Mask")},
    {"mask.far-up", "<Shift>Up <Shift>KP_Up", N_ ("64 queries up"), N_ ("Mask")},
    {"mask.far-down", "<Shift>Down <Shift>KP_Down", N_ ("64 queries down"), N_ ("Mask")},
    {"mask.far-left", "<Shift>Left <Shift>KP_Left", N_ ("64 keys left"), N_ ("Mask")},
    {"mask.far-right", "<Shift>Right <Shift>KP_Right", N_ ("64 keys right"), N_ ("Mask")},
    {"mask.first-key", "Home KP_Home", N_ ("First key of the row"), N_ ("Mask")},
    {"mask.last-key", "End KP_End", N_ ("Last key of the row"), N_ ("Mask")},
    {"mask.first-query", "<Control>Home <Control>KP_Home", N_ ("First query"), N_ ("Mask")},
    {"mask.last-query", "<Control>End <Control>KP_End", N_ ("Last query"), N_ ("Mask")},
    {"mask.pin", "space", N_ ("Hold the hovered cell, let go"), N_ ("Mask, more")},
    {"mask.menu", "Menu <Shift>F10", N_ ("What can be done with this mask"), N_ ("Mask, more")},
    {"mask.open", "Return KP_Enter", N_ ("This mask on the map"), N_ ("Mask, more")},

    {"latent.left", "Left KP_Left", N_ ("Token before"), N_ ("Features")},
    {"latent.right", "Right KP_Right", N_ ("Next token"), N_ ("Features")},
    {"latent.up", "Up KP_Up", N_ ("Context above"), N_ ("Features")},
    {"latent.down", "Down KP_Down", N_ ("Context below"), N_ ("Features")},
    {"latent.previous", "bracketleft", N_ ("Previous latent"), N_ ("Features")},
    {"latent.next", "bracketright", N_ ("Next latent"), N_ ("Features")},
    {"latent.bin-left", "<Shift>Left <Shift>KP_Left", N_ ("Codes of the bin before"),
     N_ ("Features")},
    {"latent.bin-right", "<Shift>Right <Shift>KP_Right", N_ ("Codes of the next bin"),
     N_ ("Features")},
    {"latent.wider", "<Shift>Up <Shift>KP_Up", N_ ("A bin more on either side"), N_ ("Features")},
    {"latent.narrower", "<Shift>Down <Shift>KP_Down", N_ ("A bin less on either side"),
     N_ ("Features")},
    {"latent.search", "slash KP_Divide", N_ ("Search latents by token, sign or id"),
     N_ ("Features")},
    {"latent.all", "Escape", N_ ("Strongest contexts"), N_ ("Features")},
    {"latent.pin", "space", N_ ("Hold the hovered token, let go"), N_ ("Features")},
    {"latent.menu", "Menu <Shift>F10", N_ ("What can be done with this latent"), N_ ("Features")},
    {"latent.open", "Return KP_Enter", N_ ("Select this token"), N_ ("Features")},

    {"picture.left", "Left KP_Left", N_ ("Patch at the left"), N_ ("Picture, query and key")},
    {"picture.right", "Right KP_Right", N_ ("Patch at the right"), N_ ("Picture, query and key")},
    {"picture.up", "Up KP_Up", N_ ("Patch above"), N_ ("Picture, query and key")},
    {"picture.down", "Down KP_Down", N_ ("Patch below"), N_ ("Picture, query and key")},
    {"picture.class", "Home KP_Home", N_ ("Class token"), N_ ("Picture, query and key")},
    {"picture.key-left", "<Shift>Left <Shift>KP_Left", N_ ("Key at the left"),
     N_ ("Picture, query and key")},
    {"picture.key-right", "<Shift>Right <Shift>KP_Right", N_ ("Key at the right"),
     N_ ("Picture, query and key")},
    {"picture.key-up", "<Shift>Up <Shift>KP_Up", N_ ("Key above"), N_ ("Picture, query and key")},
    {"picture.key-down", "<Shift>Down <Shift>KP_Down", N_ ("Key below"),
     N_ ("Picture, query and key")},
    {"picture.next-strong", "n", N_ ("Next strong patch"), N_ ("Picture, query and key")},
    {"picture.previous-strong", "p", N_ ("Previous strong patch"), N_ ("Picture, query and key")},
    {"picture.follow", "k", N_ ("Make the key the query"), N_ ("Picture, query and key")},
    {"picture.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Picture, head")},
    {"picture.next-head", "bracketright", N_ ("Next head"), N_ ("Picture, head")},
    {"picture.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Picture, head")},
    {"picture.next-layer", "braceright", N_ ("Next layer"), N_ ("Picture, head")},
    {"picture.note", "m", N_ ("Note on this cell"), N_ ("Picture, head")},
    {"picture.pin", "space", N_ ("Hold the hovered cell, let go"), N_ ("Picture, head")},
    {"picture.menu", "Menu <Shift>F10", N_ ("What can be done with this patch"),
     N_ ("Picture, head")},
    {"picture.open", "Return KP_Enter", N_ ("Map of this head"), N_ ("Picture, head")},

    {"heads.left", "Left KP_Left", N_ ("Head before"), N_ ("Heads, cursor")},
    {"heads.right", "Right KP_Right", N_ ("Next head"), N_ ("Heads, cursor")},
    {"heads.up", "Up KP_Up", N_ ("Row above"), N_ ("Heads, cursor")},
    {"heads.down", "Down KP_Down", N_ ("Row below"), N_ ("Heads, cursor")},
    {"heads.far-left", "<Shift>Left <Shift>KP_Left", N_ ("Heads of a screen before, in the row"),
     N_ ("Heads, cursor")},
    {"heads.far-right", "<Shift>Right <Shift>KP_Right", N_ ("Heads of a screen after, in the row"),
     N_ ("Heads, cursor")},
    {"heads.far-up", "<Shift>Up <Shift>KP_Up", N_ ("Rows of a screen above"), N_ ("Heads, cursor")},
    {"heads.far-down", "<Shift>Down <Shift>KP_Down", N_ ("Rows of a screen below"),
     N_ ("Heads, cursor")},
    {"heads.first", "Home KP_Home", N_ ("First head"), N_ ("Heads, cursor")},
    {"heads.last", "End KP_End", N_ ("Last head"), N_ ("Heads, cursor")},
    {"heads.previous-head", "bracketleft", N_ ("Previous head"), N_ ("Heads, cursor")},
    {"heads.next-head", "bracketright", N_ ("Next head"), N_ ("Heads, cursor")},
    {"heads.previous-layer", "braceleft", N_ ("Previous layer"), N_ ("Heads, cursor")},
    {"heads.next-layer", "braceright", N_ ("Next layer"), N_ ("Heads, cursor")},
    {"heads.filter", "slash KP_Divide", N_ ("Filter heads by role, layer or score"),
     N_ ("Heads, choosing")},
    {"heads.sort", "s", N_ ("Next sort"), N_ ("Heads, choosing")},
    {"heads.color", "l", N_ ("Colour: map, or the next score"), N_ ("Heads, choosing")},
    {"heads.compare", "c", N_ ("Compare: alone, side by side, difference"), N_ ("Heads, choosing")},
    {"heads.show", "g", N_ ("Grid, plots, table"), N_ ("Heads, choosing")},
    {"heads.choose", "x", N_ ("Choose this head too, or not"), N_ ("Heads, choosing")},
    {"heads.choose-all", "a", N_ ("Choose every head shown"), N_ ("Heads, choosing")},
    {"heads.choose-none", "Escape", N_ ("Choose none"), N_ ("Heads, choosing")},
    {"heads.note", "m", N_ ("Note on this head"), N_ ("Heads, choosing")},
    {"heads.pin", "space", N_ ("Hold the hovered head, let go"), N_ ("Heads, choosing")},
    {"heads.menu", "Menu <Shift>F10", N_ ("What can be done with this head"),
     N_ ("Heads, choosing")},
    {"heads.open", "Return KP_Enter", N_ ("Open the map of this head"), N_ ("Heads, choosing")},
};

/* What one sees at once: as high as a laptop's screen, hence not all in one. Of views by their names,
 * so that each can show its own. */
#define MAX_GROUPS 5
#define MAX_ROWS   14
typedef struct {
    const char *name, *title;
    const char *groups[MAX_GROUPS];
} Section;

static const Section sections[] = {
    {"window", N_ ("Window"), {"Views", "Panes"}},
    {"work", N_ ("Work"), {"Stores and figures", "Jobs", "Program"}},
    {"map", N_ ("Map"), {"Map, cursor", "Map, head and row", "Map, zoom", "Map, drawing"}},
    {"strip",
     N_ ("Strip and lists"),
     {"Token strip", "Token strip, head and row", "Tables", "Sidebar", "Inspector"}},
    {"arcs", N_ ("Arcs"), {"Arcs, cursor", "Arcs, head and row"}},
    {"heads", N_ ("Heads"), {"Heads, cursor", "Heads, choosing"}},
    {"sparsity", N_ ("Sparsity"), {"Sparsity", "Mask", "Mask, more"}},
    {"features", N_ ("Features"), {"Features"}},
    {"picture", N_ ("Picture"), {"Picture, query and key", "Picture, head"}},
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
        /* Menus name the key that was bound last: the first one of the list, and plain. */
        for (guint k = g_strv_length (keys); k-- > 0;) {
            guint key;
            GdkModifierType modifiers;
            if (!gtk_accelerator_parse (keys[k], &key, &modifiers))
                continue;
            /* Braces, plus and slash need Shift on many keyboards, none on others. */
            if ((strchr ("bp", keys[k][0]) != NULL && keys[k][1] != '\0') ||
                g_str_equal (keys[k], "slash"))
                gtk_widget_class_add_binding_action (widget_class, key, GDK_SHIFT_MASK,
                                                     commands[i].action, NULL);
            gtk_widget_class_add_binding_action (widget_class, key, modifiers, commands[i].action,
                                                 NULL);
        }
    }
}

static const FoveaCommand *
find_command (const char *action)
{
    for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
        if (g_str_equal (commands[i].action, action))
            return &commands[i];
    g_assert_not_reached ();
}

void
fovea_commands_bind_first (GtkWidget *widget, const char *const *actions)
{
    GtkEventController *first = gtk_shortcut_controller_new ();
    gtk_event_controller_set_propagation_phase (first, GTK_PHASE_CAPTURE);
    for (; *actions != NULL; actions++) {
        g_auto (GStrv) keys = g_strsplit (find_command (*actions)->keys, " ", -1);
        for (guint k = 0; keys[k] != NULL; k++)
            gtk_shortcut_controller_add_shortcut (
                GTK_SHORTCUT_CONTROLLER (first),
                gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[k]),
                                  gtk_named_action_new (*actions)));
    }
    gtk_widget_add_controller (widget, first);
}

/* Keys of the number pad do the same as their twins; people need not read them. */
static char *
list_shown_keys (const char *keys)
{
    g_auto (GStrv) words = g_strsplit (keys, " ", -1);
    GString *shown = g_string_new (NULL);
    for (guint i = 0; words[i] != NULL; i++)
        if (strstr (words[i], "KP_") == NULL)
            g_string_append_printf (shown, "%s%s", shown->len > 0 ? " " : "", words[i]);
    return g_string_free (shown, FALSE);
}

/* One of the rows of a group. */
static void
append_shortcut (GString *xml, const FoveaCommand *command)
{
    g_autofree char *shown = list_shown_keys (command->keys);
    g_autofree char *keys = g_markup_escape_text (shown, -1);
    g_autofree char *what = g_markup_escape_text (_ (command->title), -1);
    g_string_append_printf (
        xml,
        "<child><object class='GtkShortcutsShortcut'><property name='accelerator'>%s</property>"
        "<property name='title'>%s</property></object></child>",
        keys, what);
}

static void
append_section (GString *xml, const Section *section)
{
    g_autofree char *name = g_markup_escape_text (_ (section->title), -1);
    g_string_append_printf (xml,
                            "<child><object class='GtkShortcutsSection'>"
                            "<property name='section-name'>%s</property>"
                            "<property name='title'>%s</property>"
                            "<property name='max-height'>%d</property>",
                            section->name, name, MAX_ROWS);
    for (guint g = 0; g < MAX_GROUPS && section->groups[g] != NULL; g++) {
        g_autofree char *title = g_markup_escape_text (_ (section->groups[g]), -1);
        g_string_append_printf (
            xml, "<child><object class='GtkShortcutsGroup'><property name='title'>%s</property>",
            title);
        for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
            if (strcmp (commands[i].group, section->groups[g]) == 0)
                append_shortcut (xml, &commands[i]);
        g_string_append (xml, "</object></child>");
    }
    g_string_append (xml, "</object></child>");
}

/* The toolkit writes Page_Up where keyboards and its own menus have Page Up; its words for keys cannot be set.
 * A key that is an underscore is one sign. */
static void
spell_keys (GtkWidget *widget)
{
    const char *text = GTK_IS_LABEL (widget) && gtk_widget_has_css_class (widget, "keycap")
                           ? gtk_label_get_text (GTK_LABEL (widget))
                           : NULL;
    if (text != NULL && text[0] != '\0' && text[1] != '\0' && strchr (text, '_') != NULL) {
        char *spelt = g_strdelimit (g_strdup (text), "_", ' ');
        gtk_label_set_text (GTK_LABEL (widget), spelt);
        g_free (spelt);
    }
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
         child = gtk_widget_get_next_sibling (child))
        spell_keys (child);
}

/* The toolkit's window is as large as its largest section has to be, whatever the screen: twice as large letters
 * make it wider than most, and then its closing button and half of the words are out of sight. */
static void
make_scrolling (GtkWindow *window)
{
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    g_autoptr (GtkWidget) child = g_object_ref (gtk_window_get_child (window));
    gtk_window_set_child (window, NULL);
    gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
    gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
    gtk_window_set_child (window, scrolled);
    gtk_window_set_resizable (window, TRUE);
}

GtkWidget *
fovea_commands_new_window (const char *section)
{
    /* GtkShortcutsWindow 4.8 can be filled through GtkBuilder only. */
    GString *xml = g_string_new ("<interface><object class='GtkShortcutsWindow' id='window'>"
                                 "<property name='modal'>1</property>");
    const char *name = sections[0].name;
    for (guint i = 0; i < G_N_ELEMENTS (sections); i++) {
        append_section (xml, &sections[i]);
        if (g_strcmp0 (section, sections[i].name) == 0)
            name = sections[i].name;
    }
    g_string_append (xml, "</object></interface>");
    g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml->str, (gssize) xml->len);
    GObject *window = gtk_builder_get_object (builder, "window");
    g_string_free (xml, TRUE);
    g_object_set (window, "section-name", name, NULL);
    spell_keys (GTK_WIDGET (window));
    make_scrolling (GTK_WINDOW (window));
    return GTK_WIDGET (g_object_ref (window));
}
