/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The command line as tables: each command lists its options, the parser checks every value when it
 * is read, and an option that a command does not list is an error. Nothing is ever ignored. */
#include <glib.h>

#include "kernels/error.h"

typedef enum {
    FOVEA_OPTION_FLAG,
    FOVEA_OPTION_TEXT,
    FOVEA_OPTION_TEXTS,   /* may be given several times */
    FOVEA_OPTION_CHOICE,  /* one word of `choices` */
    FOVEA_OPTION_INTEGER, /* least .. most */
    FOVEA_OPTION_NUMBER,  /* least .. most */
    FOVEA_OPTION_SIZE,    /* bytes: 512M, 4G, powers of 1,024 */
    FOVEA_OPTION_RANGE,   /* half open A:B, A: or :B */
    FOVEA_OPTION_IDS,     /* comma-separated whole numbers */
    FOVEA_OPTION_HEAD,    /* 7, or 5.7 for layer 5 head 7 */
    FOVEA_OPTION_SHARD,   /* I/N */
} FoveaOptionKind;

typedef struct {
    const char *name; /* without dashes; NULL ends a table */
    char letter;      /* 0 = none */
    FoveaOptionKind kind;
    const char *value; /* placeholder in help, NULL for flags */
    const char *help;
    double least, most;  /* equal = no limits */
    const char *choices; /* "log|linear" */
} FoveaOption;

/* Rows of a table, one form a kind. @letter 0 = none. */
#define FOVEA_ROW_FLAG(name, help)                                                                 \
    {                                                                                              \
        name, 0, FOVEA_OPTION_FLAG, NULL, help, 0, 0, NULL                                         \
    }
#define FOVEA_ROW_VALUE(name, letter, kind, value, help)                                           \
    {                                                                                              \
        name, letter, FOVEA_OPTION_##kind, value, help, 0, 0, NULL                                 \
    }
#define FOVEA_ROW_CHOICE(name, value, choices, help)                                               \
    {                                                                                              \
        name, 0, FOVEA_OPTION_CHOICE, value, help, 0, 0, choices                                   \
    }
#define FOVEA_ROW_INTEGER(name, value, least, most, help)                                          \
    {                                                                                              \
        name, 0, FOVEA_OPTION_INTEGER, value, help, least, most, NULL                              \
    }
#define FOVEA_ROW_NUMBER(name, value, least, most, help)                                           \
    {                                                                                              \
        name, 0, FOVEA_OPTION_NUMBER, value, help, least, most, NULL                               \
    }

typedef struct _FoveaArguments FoveaArguments;

/**
 * fovea_arguments_parse:
 * @command: its name, for messages
 * @groups: (array zero-terminated=1): tables of options that count here
 * @foreign: (nullable): table of options that other commands know, to say so
 * @max_positional: arguments without dashes that are allowed; -1 = any number
 *
 * Reads a command line. "--" ends the options; "-" alone is an argument.
 *
 * Errors: FOVEA_ERROR_USAGE naming the option, its value, and the nearest name or the limits.
 * Thread: any.   Owner: caller frees with fovea_arguments_free(); autoptr.
 */
FoveaArguments *fovea_arguments_parse (const char *command,
                                       const FoveaOption *const *groups,
                                       const FoveaOption *foreign,
                                       int max_positional,
                                       const char *const *argv,
                                       GError **error);

/**
 * fovea_arguments_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @arguments.
 */
void fovea_arguments_free (FoveaArguments *arguments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaArguments, fovea_arguments_free)

/**
 * fovea_arguments_find_unread:
 *
 * Name of the first option that was given and never asked for, by which a command that is done shows
 * that it ignored one; NULL = none.
 *
 * Thread: any.   Owner: static.
 */
const char *fovea_arguments_find_unread (const FoveaArguments *arguments);

/**
 * fovea_arguments_has:
 *
 * Whether option @name was given. Asking for a name that the tables lack is a programmer error,
 * here and below.
 *
 * Thread: any.
 */
gboolean fovea_arguments_has (const FoveaArguments *arguments, const char *name);

/**
 * fovea_arguments_text:
 *
 * Value of a TEXT or CHOICE option, else @fallback.   Owner: @arguments.
 *
 * Thread: any.
 */
const char *
fovea_arguments_text (const FoveaArguments *arguments, const char *name, const char *fallback);

/**
 * fovea_arguments_texts:
 *
 * Values of a TEXTS option, NULL-terminated, in order.   Owner: @arguments.
 *
 * Thread: any.
 */
char **fovea_arguments_texts (const FoveaArguments *arguments, const char *name);

/**
 * fovea_arguments_integer:
 *
 * Value of an INTEGER or SIZE option, else @fallback.
 *
 * Thread: any.
 */
gint64 fovea_arguments_integer (const FoveaArguments *arguments, const char *name, gint64 fallback);

/**
 * fovea_arguments_number:
 *
 * Value of a NUMBER option, else @fallback.
 *
 * Thread: any.
 */
double fovea_arguments_number (const FoveaArguments *arguments, const char *name, double fallback);

/**
 * fovea_arguments_pair:
 * @first: (inout): start, layer or shard; kept if the option or this half of it was not given
 * @second: (inout): end, head or number of shards; likewise
 *
 * Both halves of a RANGE, HEAD or SHARD option.
 *
 * Thread: any.
 */
void fovea_arguments_pair (const FoveaArguments *arguments,
                           const char *name,
                           gint64 *first,
                           gint64 *second);

/**
 * fovea_arguments_ids:
 * @n: (out): how many
 *
 * Values of an IDS option, NULL if it was not given.   Owner: @arguments.
 *
 * Thread: any.
 */
const gint32 *fovea_arguments_ids (const FoveaArguments *arguments, const char *name, gint64 *n);

/**
 * fovea_arguments_positional:
 *
 * Argument @i without dashes, NULL if there are fewer.   Owner: @arguments.
 *
 * Thread: any.
 */
const char *fovea_arguments_positional (const FoveaArguments *arguments, guint i);

/**
 * fovea_arguments_exclude:
 * @names: (array zero-terminated=1): options of which at most one may be given
 *
 * Errors: FOVEA_ERROR_USAGE naming the two.
 * Thread: any.
 */
gboolean
fovea_arguments_exclude (const FoveaArguments *arguments, const char *const *names, GError **error);

/**
 * fovea_arguments_need:
 * @name: an option that means nothing alone
 * @needed: option without which it would be ignored
 *
 * Errors: FOVEA_ERROR_USAGE naming both, if @name was given without @needed.
 * Thread: any.
 */
gboolean fovea_arguments_need (const FoveaArguments *arguments,
                               const char *name,
                               const char *needed,
                               GError **error);
