/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What each command of ui/commands.c must change of the window, for the suite that tries them all. */
#include <glib.h>

#include "ui/commands.h"

/* What a command may change. */
typedef enum {
    PLACE = 1 << 0,   /* head and cell */
    VIEW = 1 << 1,    /* view or page in front */
    FOCUS = 1 << 2,   /* the widget that has it */
    WINDOWS = 1 << 3, /* dialogs and popovers */
    STATUS = 1 << 4,  /* the status line */
    LOOK = 1 << 5,    /* what is drawn below the header */
    COPIED = 1 << 6,  /* what the clipboard holds */
    CHOSEN = 1 << 7,  /* heads and tokens that are chosen */
    LATENT = 1 << 8,
} Aspect;

typedef struct {
    const char *action;
    guint changes;      /* any one of these */
    const char *before; /* what it needs to have been done */
    guint again;        /* so many times more, and all is as it was */
    const char *lands;  /* view that it leads to, even where that is in front already */
} Expected;

static const Expected expected[] = {
    {"win.view('heads')", VIEW, .lands = "heads"},
    {"win.view('map')", VIEW, .lands = "map"},
    {"win.view('sparsity')", VIEW, .lands = "sparsity"},
    {"win.view('features')", VIEW, .lands = "features"},
    {"win.view('picture')", VIEW | STATUS, .lands = "picture"},
    {"win.back", PLACE | VIEW},
    {"win.forward", PLACE, "win.back"},
    {"win.sidebar", LOOK, NULL, 1},
    {"win.inspector", LOOK, NULL, 1},
    {"win.next-pane", FOCUS},
    {"win.previous-pane", FOCUS},
    {"win.divider", FOCUS | STATUS},
    {"win.table", LOOK, NULL, 1},
    {"win.arcs", LOOK, NULL, 1},
    {"win.search", FOCUS},
    {"win.palette", WINDOWS},
    {"win.menu", WINDOWS},
    {"win.open", WINDOWS},
    {"win.new-capture", WINDOWS},
    {"win.capture-files", WINDOWS},
    {"win.sort-sequences", STATUS, NULL, 4},
    {"win.compare", STATUS, NULL, 1},
    {"win.export", WINDOWS},
    {"win.copy-value", COPIED},
    {"win.copy-table", COPIED | STATUS},
    {"win.copy-picture", COPIED},
    {"win.measure", STATUS},
    {"win.add-dictionary", WINDOWS},
    {"win.preferences", WINDOWS},
    {"win.show-help-overlay", WINDOWS},
    {"win.help", WINDOWS},
    {"win.start", VIEW},
    {"sidebar.sort", STATUS, NULL, 4},
    {"sidebar.copy-path", COPIED},
    {"sidebar.menu", WINDOWS},
    {"inspector.open", PLACE},
    {"inspector.pin", STATUS, NULL, 1},
    {"strip.left", PLACE},
    {"strip.right", PLACE},
    {"strip.up", PLACE},
    {"strip.down", PLACE},
    {"strip.far-left", PLACE},
    {"strip.far-right", PLACE},
    {"strip.first", PLACE},
    {"strip.last", PLACE},
    {"strip.goto", FOCUS | WINDOWS},
    {"strip.follow", PLACE},
    {"strip.open", LATENT | VIEW | STATUS},
    {"strip.choose", CHOSEN, NULL, 1},
    {"strip.choose-none", CHOSEN, "strip.choose"},
    {"strip.next-strong", PLACE | STATUS},
    {"strip.previous-strong", PLACE | STATUS},
    {"strip.previous-head", PLACE},
    {"strip.next-head", PLACE},
    {"strip.previous-layer", PLACE, "strip.next-layer"},
    {"strip.next-layer", PLACE},
    {"strip.note", FOCUS},
    {"strip.pin", STATUS, NULL, 1},
    {"strip.menu", WINDOWS},
    {"table.left", LOOK | STATUS},
    {"table.right", LOOK | STATUS},
    {"table.sort", LOOK},
    {"table.reverse", LOOK},
    {"table.copy", COPIED},
    {"table.wider", LOOK},
    {"table.narrower", LOOK},
    {"table.pin", STATUS, NULL, 1},
    {"map.up", PLACE},
    {"map.down", PLACE},
    {"map.left", PLACE},
    {"map.right", PLACE},
    {"map.far-up", PLACE},
    {"map.far-down", PLACE},
    {"map.far-left", PLACE},
    {"map.far-right", PLACE},
    {"map.first-key", PLACE},
    {"map.last-key", PLACE},
    {"map.first-query", PLACE},
    {"map.last-query", PLACE},
    {"map.next-strong", PLACE | STATUS},
    {"map.previous-strong", PLACE | STATUS},
    {"map.goto", FOCUS | WINDOWS},
    {"map.follow", PLACE},
    {"map.previous-head", PLACE},
    {"map.next-head", PLACE},
    {"map.previous-layer", PLACE, "map.next-layer"},
    {"map.next-layer", PLACE},
    {"map.zoom-in", LOOK | STATUS, "map.zoom-cells"},
    {"map.zoom-out", LOOK | STATUS, "map.zoom-cell"},
    {"map.zoom-cells", LOOK | STATUS, "map.zoom-cell"},
    {"map.zoom-cell", LOOK | STATUS, "map.zoom-cells"},
    {"map.fit", LOOK | STATUS, "map.zoom-cell"},
    {"map.block", LOOK, NULL, 1},
    {"map.color", LOOK, NULL, 2},
    {"map.overlay", LOOK | STATUS, NULL, 1},
    {"map.next-mask", LOOK | STATUS},
    {"map.note", FOCUS},
    {"map.menu", WINDOWS},
    {"map.pin", STATUS, NULL, 1},
    {"arcs.up", PLACE},
    {"arcs.down", PLACE},
    {"arcs.left", PLACE},
    {"arcs.right", PLACE},
    {"arcs.first-query", PLACE},
    {"arcs.last-query", PLACE},
    {"arcs.goto", FOCUS | WINDOWS},
    {"arcs.next-strong", PLACE | STATUS},
    {"arcs.previous-strong", PLACE | STATUS},
    {"arcs.follow", PLACE},
    {"arcs.note", FOCUS},
    {"arcs.pin", STATUS, NULL, 1},
    {"arcs.menu", WINDOWS},
    {"arcs.previous-head", PLACE},
    {"arcs.next-head", PLACE},
    {"arcs.previous-layer", PLACE, "arcs.next-layer"},
    {"arcs.next-layer", PLACE},
    {"arcs.first-key", PLACE},
    {"arcs.last-key", PLACE},
    {"curves.left", LOOK, "curves.right"},
    {"curves.right", LOOK},
    {"curves.up", LOOK},
    {"curves.down", LOOK},
    {"curves.previous-head", PLACE},
    {"curves.next-head", PLACE},
    {"curves.previous-layer", PLACE, "curves.next-layer"},
    {"curves.next-layer", PLACE},
    {"curves.goal-up", LOOK, "curves.goal-down"},
    {"curves.goal-down", LOOK},
    {"curves.pin", STATUS, NULL, 1},
    {"curves.menu", WINDOWS},
    {"curves.open", VIEW, .lands = "map"},
    {"mask.up", PLACE},
    {"mask.down", PLACE},
    {"mask.left", PLACE},
    {"mask.right", PLACE},
    {"mask.far-up", PLACE},
    {"mask.far-down", PLACE},
    {"mask.far-left", PLACE},
    {"mask.far-right", PLACE},
    {"mask.first-key", PLACE},
    {"mask.last-key", PLACE},
    {"mask.first-query", PLACE},
    {"mask.last-query", PLACE},
    {"mask.pin", STATUS, NULL, 1},
    {"mask.menu", WINDOWS},
    {"mask.open", VIEW, .lands = "map"},
    {"latent.left", LOOK, "latent.right"},
    {"latent.right", LOOK},
    {"latent.up", LOOK, "latent.down"},
    {"latent.down", LOOK},
    {"latent.previous", LATENT, "latent.next"},
    {"latent.next", LATENT},
    {"latent.bin-left", LOOK},
    {"latent.bin-right", LOOK},
    {"latent.wider", LOOK, "latent.bin-right"},
    {"latent.narrower", LOOK, "latent.wider"},
    {"latent.search", FOCUS},
    {"latent.all", LOOK, "latent.bin-right"},
    {"latent.pin", STATUS, NULL, 1},
    {"latent.menu", WINDOWS},
    {"latent.open", PLACE, "latent.right"},
    {"picture.left", PLACE},
    {"picture.right", PLACE},
    {"picture.up", PLACE},
    {"picture.down", PLACE},
    {"picture.class", PLACE},
    {"picture.key-left", PLACE},
    {"picture.key-right", PLACE, "picture.key-left"},
    {"picture.key-up", PLACE, "picture.key-down"},
    {"picture.key-down", PLACE},
    {"picture.next-strong", PLACE | STATUS},
    {"picture.previous-strong", PLACE | STATUS},
    {"picture.follow", PLACE},
    {"picture.previous-head", PLACE},
    {"picture.next-head", PLACE},
    {"picture.previous-layer", PLACE, "picture.next-layer"},
    {"picture.next-layer", PLACE},
    {"picture.note", FOCUS},
    {"picture.pin", STATUS, NULL, 1},
    {"picture.menu", WINDOWS},
    {"picture.open", VIEW, .lands = "map"},
    {"heads.left", PLACE},
    {"heads.right", PLACE},
    {"heads.up", PLACE, "heads.down"},
    {"heads.down", PLACE, "heads.up"},
    {"heads.far-left", PLACE, "heads.far-right"},
    {"heads.far-right", PLACE, "heads.far-left"},
    {"heads.far-up", PLACE, "heads.far-down"},
    {"heads.far-down", PLACE, "heads.far-up"},
    {"heads.first", PLACE},
    {"heads.last", PLACE},
    {"heads.previous-layer", PLACE, "heads.next-layer"},
    {"heads.next-layer", PLACE},
    {"heads.filter", FOCUS},
    {"heads.previous-head", PLACE},
    {"heads.next-head", PLACE},
    {"heads.sort", LOOK},
    {"heads.color", LOOK},
    {"heads.compare", LOOK | STATUS},
    {"heads.show", LOOK, NULL, 3},
    {"heads.choose", CHOSEN, NULL, 1},
    {"heads.choose-all", CHOSEN},
    {"heads.choose-none", CHOSEN, "heads.choose-all"},
    {"heads.note", FOCUS},
    {"heads.pin", STATUS, NULL, 1},
    {"heads.menu", WINDOWS},
    {"heads.open", VIEW, .lands = "map"},
};

/* These end the window or the program, or close the store, which other suites do; a screen without a window
 * manager has no full screen; and others are of a job that runs or was cancelled, or of a second sequence. */
static const char *const left_out[] = {
    "window.close", "app.quit",          "win.close-store",       "sidebar.close", "win.fullscreen",
    "win.cancel",   "win.next-sequence", "win.previous-sequence", "win.go-on"};

/* NULL = it is left out.   Owner: static. */
static const Expected *
find_expected (const char *action)
{
    for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
        if (g_str_equal (expected[i].action, action))
            return &expected[i];
    return NULL;
}

/* Of an action that has one.   Owner: static. */
static const FoveaCommand *
find_command (const char *action)
{
    guint n;
    const FoveaCommand *command = fovea_commands_get (&n);
    while (!g_str_equal (command->action, action))
        command++;
    return command;
}
