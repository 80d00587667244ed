/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What every subcommand is made of: a row of the command table, and the context it runs in. A
 * command reports failure by #GError only; main() turns it into one line and an exit status. */
#include <gio/gio.h>

#include "analysis/table.h"
#include "app/command/options.h"
#include "capture/model.h"
#include "kernels/device.h"

typedef struct {
    const FoveaArguments *arguments;
    GCancellable *cancellable; /* cancelled by SIGINT and SIGTERM */
} FoveaContext;

typedef struct {
    const char *name;    /* "capture", or two words: "store info" */
    const char *usage;   /* "MODEL -o STORE (TEXT or -f FILE)" */
    const char *summary; /* one line */
    const char *details; /* paragraphs for its help page, NULL = none */
    const char *example; /* a command line that works as it stands */
    const FoveaOption *options;
    gboolean runs_model;                 /* knows --device, --precision, --threads, --memory */
    gboolean draws;                      /* chooses at random: knows --seed */
    gboolean prints;                     /* knows --format and -o */
    int least_arguments, most_arguments; /* without dashes; most -1 = any number */
    gboolean (*run) (FoveaContext *context, GError **error);
} FoveaCommand;

extern const FoveaCommand fovea_command_capture;
extern const FoveaCommand fovea_command_classify;
extern const FoveaCommand fovea_command_compare;
extern const FoveaCommand fovea_command_export;
extern const FoveaCommand fovea_command_figure;
extern const FoveaCommand fovea_command_generate;
extern const FoveaCommand fovea_command_heads;
extern const FoveaCommand fovea_command_import;
extern const FoveaCommand fovea_command_model;
extern const FoveaCommand fovea_command_points;
extern const FoveaCommand fovea_command_recall;
extern const FoveaCommand fovea_command_sae_ablate;
extern const FoveaCommand fovea_command_sae_attribution;
extern const FoveaCommand fovea_command_sae_bench;
extern const FoveaCommand fovea_command_sae_context;
extern const FoveaCommand fovea_command_sae_dashboard;
extern const FoveaCommand fovea_command_sae_encode;
extern const FoveaCommand fovea_command_sae_eval;
extern const FoveaCommand fovea_command_sae_fold;
extern const FoveaCommand fovea_command_sae_induction;
extern const FoveaCommand fovea_command_sae_info;
extern const FoveaCommand fovea_command_sae_prefixes;
extern const FoveaCommand fovea_command_sae_probe;
extern const FoveaCommand fovea_command_sae_steer;
extern const FoveaCommand fovea_command_sae_train;
extern const FoveaCommand fovea_command_selfcheck;
extern const FoveaCommand fovea_command_store_check;
extern const FoveaCommand fovea_command_store_info;
extern const FoveaCommand fovea_command_store_remove;
extern const FoveaCommand fovea_command_tokenize;
extern const FoveaCommand fovea_command_window;

/**
 * fovea_command_list:
 *
 * All commands in the order of the help page, NULL-terminated.
 *
 * Thread: any.
 * Owner: static.
 */
const FoveaCommand *const *fovea_command_list (void);

/**
 * fovea_command_print_overview:
 *
 * What `fovea help` says.   Owner: caller frees with g_free().
 *
 * Thread: any.
 */
char *fovea_command_print_overview (void);

/**
 * fovea_command_print_group:
 * @word: with which the names of several commands begin, "store"
 *
 * What `fovea help store` says; NULL if no command of two words begins so.   Owner: caller.
 *
 * Thread: any.
 */
char *fovea_command_print_group (const char *word);

/**
 * fovea_command_print_help:
 *
 * The help page of one command, example included.   Owner: caller frees with g_free().
 *
 * Thread: any.
 */
char *fovea_command_print_help (const FoveaCommand *command);

extern const FoveaOption fovea_options_always[]; /* quiet, help */
extern const FoveaOption fovea_options_output[]; /* format, output */
extern const FoveaOption fovea_options_run[];    /* device, precision, threads, memory */
extern const FoveaOption fovea_options_draw[];   /* seed */
extern const FoveaOption fovea_options_none[];

/**
 * fovea_command_write:
 * @length: bytes, -1 = NUL-terminated
 *
 * Sends a result to -o (complete or not at all) or to standard output.
 *
 * Errors: file errors, also of a full or closed standard output.
 * Thread: main.
 */
gboolean
fovea_command_write (FoveaContext *context, const char *text, gssize length, GError **error);

/**
 * fovea_command_write_table:
 *
 * fovea_command_write() of a table in the format that --format names (text by default).
 *
 * Errors: as fovea_command_write().   Thread: main.
 */
gboolean fovea_command_write_table (FoveaContext *context, FoveaTable *table, GError **error);

/**
 * fovea_command_get_format:
 *
 * The format that --format names, or else that of the ending of --output's file, or else text.
 *
 * Thread: any.
 */
FoveaTableFormat fovea_command_get_format (FoveaContext *context);

/**
 * fovea_command_read_input:
 * @path: a file, or "-" for standard input
 *
 * Its whole content, NUL-terminated after @length.
 *
 * Errors: file errors naming the file.   Owner: caller frees with g_free().
 * Thread: main.
 */
char *fovea_command_read_input (const char *path, gsize *length, GError **error);

/**
 * fovea_command_open_device:
 *
 * The device of --device and --threads.
 *
 * Errors: FOVEA_ERROR_DEVICE if the named one is not there.
 * Thread: main.   Owner: caller, fovea_device_free().
 */
FoveaDevice *fovea_command_open_device (FoveaContext *context, GError **error);

/**
 * fovea_command_get_precision:
 *
 * The precision that --precision names, f32 by default.
 *
 * Thread: any.
 */
FoveaPrecision fovea_command_get_precision (FoveaContext *context);

/**
 * fovea_command_note:
 *
 * One line for people on standard error, unless --quiet.
 *
 * Thread: main.
 */
void fovea_command_note (FoveaContext *context, const char *format, ...) G_GNUC_PRINTF (2, 3);
