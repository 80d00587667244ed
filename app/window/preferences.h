/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the window keeps from one start to the next: GSettings by the schema
 * data/org.fovea.Fovea.gschema.xml. Where the schema is not installed nothing is kept, and every
 * reader has the defaults. */
#include <gio/gio.h>

#include "app/figure-request.h"

/**
 * fovea_preferences_get:
 *
 * The settings: of the installed schema, else of the build tree's; NULL without either.
 *
 * Thread: main.   Owner: the process.
 */
GSettings *fovea_preferences_get (void);

/* Settings that people choose. */
#define FOVEA_KEY_LOOK     "look"
#define FOVEA_KEY_REOPEN   "reopen"
#define FOVEA_KEY_ORDER    "sequence-order"
#define FOVEA_KEY_PATIENCE "patience"

/* Colours of the window. */
typedef enum {
    FOVEA_LOOK_DESKTOP, /* as the desktop has it */
    FOVEA_LOOK_LIGHT,
    FOVEA_LOOK_DARK,
    FOVEA_N_LOOKS,
} FoveaLook;

/* Choices of the export dialog for one kind of figure. */
typedef struct {
    double width_mm, height_mm; /* height 0 = from the content */
    double text_pt;
    char *format; /* suffix, for PNG with its resolution: "pdf", "png-600" */
    gboolean letters, caption;
    FoveaTheme theme;
} FoveaExportChoices;

/**
 * fovea_export_choices_load:
 *
 * As left the last time, else what suits @kind: two columns for a grid of heads, one for the others.
 *
 * Thread: main.   Owner: caller, fovea_export_choices_free(); autoptr.
 */
FoveaExportChoices *fovea_export_choices_load (FoveaFigureKind kind);

/**
 * fovea_export_choices_keep:
 *
 * Thread: main.
 */
void fovea_export_choices_keep (FoveaFigureKind kind, const FoveaExportChoices *choices);

/**
 * fovea_export_choices_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_export_choices_free (FoveaExportChoices *choices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaExportChoices, fovea_export_choices_free)

/**
 * fovea_preferences_get_patience:
 *
 * Seconds that a job may take unasked.   Thread: main.
 */
double fovea_preferences_get_patience (void);

/**
 * fovea_look_get_id:
 *
 * As the setting has it, "dark".   Thread: any.   Owner: static.
 */
const char *fovea_look_get_id (FoveaLook look);

/**
 * fovea_preferences_get_look:
 *
 * Thread: main.
 */
FoveaLook fovea_preferences_get_look (void);

/**
 * fovea_preferences_reopens:
 *
 * Whether a start without a file opens what was open last.   Thread: main.
 */
gboolean fovea_preferences_reopens (void);

/**
 * fovea_preferences_list_models:
 *
 * Models captured before, latest first, as they were named; "demo" always among them.
 *
 * Thread: main.   Owner: caller frees with g_strfreev().
 */
char **fovea_preferences_list_models (void);

/**
 * fovea_preferences_add_model:
 * @model: folder, file or "demo"
 *
 * Puts it first; eight are kept.   Thread: main.
 */
void fovea_preferences_add_model (const char *model);
