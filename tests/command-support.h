/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Runs the built command and keeps what it said. */
#include "tests/support.h"

typedef struct {
    int status; /* exit status; 128 + number of the signal that ended it */
    char *out, *err;
    gsize out_length;
} CommandResult;

/* Of the test under way: an empty folder to run in. */
extern char *command_folder;

/**
 * command_set_up:
 *
 * Makes the folder; a checked fixture with command_tear_down().
 */
void command_set_up (void);

/**
 * command_tear_down:
 */
void command_tear_down (void);

/**
 * command_run:
 * @folder: where it runs
 * @input: (nullable): standard input, else empty
 * @words: (array zero-terminated=1): arguments
 *
 * Fails the test if a command is done without having asked for every option that it was given.
 *
 * Owner: caller frees with command_result_free(); autoptr.
 */
CommandResult *command_run (const char *folder, const char *input, const char *const *words);

/**
 * command_run_line:
 * @line: a shell command in which "fovea" is the built program, and $program its path
 *
 * The same through sh, for redirections and limits.
 */
CommandResult *command_run_line (const char *folder, const char *line);

/**
 * command_result_free:
 */
void command_result_free (CommandResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommandResult, command_result_free)

/**
 * command_expect:
 * @line: a shell command as for command_run_line()
 * @status: exit status it must have
 * @part: (nullable): what standard error must contain; it must then be one line, "fovea: ..."
 *
 * Fails the test if it does not.   Owner: caller.
 */
CommandResult *command_expect (const char *folder, const char *line, int status, const char *part);

/**
 * command_path:
 *
 * Path of the built program.   Owner: caller frees with g_free().
 */
char *command_path (void);

/**
 * command_read_cell:
 * @tsv: comment lines and empty ones before the names of its columns are passed over
 * @row: from 0, below the names
 *
 * Fails the test where there is no such row or column.   Owner: caller.
 */
char *command_read_cell (const char *tsv, guint row, const char *column);
