/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Walks the command line once. Values are read by option-value.c; here are names, arity and the
 * messages about them. Tables are short, so every look-up is a linear search. */
#include "app/command/options.h"

#include <string.h>

#include "analysis/name-nearest.h"
#include "app/command/option-value.h"

struct _FoveaArguments {
    GPtrArray *options; /* of const FoveaOption, all groups in order */
    FoveaOptionValue *values;
    GPtrArray *positional; /* of char */
};

/* One parse under way. */
typedef struct {
    FoveaArguments *arguments;
    const char *command;
    const FoveaOption *foreign;
    const char *const *next; /* argument to look at */
} Parser;

/* An empty command line over the options of @groups. */
static FoveaArguments *
arguments_new (const FoveaOption *const *groups)
{
    FoveaArguments *arguments = g_new0 (FoveaArguments, 1);
    arguments->options = g_ptr_array_new ();
    arguments->positional = g_ptr_array_new_with_free_func (g_free);
    for (; *groups != NULL; groups++)
        for (const FoveaOption *option = *groups; option->name != NULL; option++)
            g_ptr_array_add (arguments->options, (gpointer) option);
    arguments->values = g_new0 (FoveaOptionValue, MAX (arguments->options->len, 1));
    return arguments;
}

void
fovea_arguments_free (FoveaArguments *arguments)
{
    if (arguments == NULL)
        return;
    for (guint i = 0; i < arguments->options->len; i++)
        fovea_option_value_clear (&arguments->values[i]);
    g_free (arguments->values);
    g_ptr_array_unref (arguments->options);
    g_ptr_array_unref (arguments->positional);
    g_free (arguments);
}

/* Index of the option called @name, or with letter @letter; -1 if there is none. */
static int
find_option (const FoveaArguments *arguments, const char *name, char letter)
{
    for (guint i = 0; i < arguments->options->len; i++) {
        const FoveaOption *option = g_ptr_array_index (arguments->options, i);
        if (name != NULL ? g_str_equal (option->name, name) : option->letter == letter)
            return (int) i;
    }
    return -1;
}

static gboolean
table_has (const FoveaOption *table, const char *name)
{
    for (; table != NULL && table->name != NULL; table++)
        if (g_str_equal (table->name, name))
            return TRUE;
    return FALSE;
}

/* Tells an option that does nothing here from one that does not exist. */
static gboolean
fail_unknown (const Parser *parser, const char *name, GError **error)
{
    if (table_has (parser->foreign, name)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "%s: --%s has no effect on this command", parser->command, name);
        return FALSE;
    }
    const GPtrArray *options = parser->arguments->options;
    g_autofree const char **names = g_new0 (const char *, options->len + 1);
    for (guint i = 0; i < options->len; i++)
        names[i] = ((const FoveaOption *) g_ptr_array_index (options, i))->name;
    const char *nearest = fovea_name_nearest (name, names);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "%s: unknown option --%s%s%s; 'fovea help %s' lists them", parser->command, name,
                 nearest != NULL ? ", did you mean --" : "", nearest != NULL ? nearest : "",
                 parser->command);
    return FALSE;
}

/* Reads option @i; its value is @attached ("--x=v", "-ov") or the next argument. */
static gboolean
take_option (Parser *parser, int i, const char *attached, GError **error)
{
    const FoveaOption *option = g_ptr_array_index (parser->arguments->options, i);
    const char *text = attached;
    if (option->kind == FOVEA_OPTION_FLAG && attached != NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "%s: --%s takes no value, got '%s'",
                     parser->command, option->name, attached);
        return FALSE;
    }
    if (option->kind != FOVEA_OPTION_FLAG && attached == NULL) {
        text = *parser->next;
        if (text == NULL || (text[0] == '-' && g_ascii_isalpha (text[1])) ||
            g_str_has_prefix (text, "--")) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "%s: --%s needs a value %s",
                         parser->command, option->name, option->value);
            return FALSE;
        }
        parser->next++;
    }
    if (fovea_option_value_read (&parser->arguments->values[i], option, text, error))
        return TRUE;
    g_prefix_error (error, "%s: ", parser->command);
    return FALSE;
}

/* "--name value" or "--name=value". */
static gboolean
take_long (Parser *parser, const char *argument, GError **error)
{
    const char *equals = strchr (argument, '=');
    g_autofree char *name =
        equals != NULL ? g_strndup (argument, equals - argument) : g_strdup (argument);
    int i = find_option (parser->arguments, name, 0);
    if (i < 0)
        return fail_unknown (parser, name, error);
    return take_option (parser, i, equals != NULL ? equals + 1 : NULL, error);
}

/* "-o value" or "-ovalue". */
static gboolean
take_short (Parser *parser, const char *argument, GError **error)
{
    int i = find_option (parser->arguments, NULL, argument[0]);
    if (i < 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "%s: unknown option -%s; 'fovea help %s' lists them", parser->command,
                     argument, parser->command);
        return FALSE;
    }
    return take_option (parser, i, argument[1] != '\0' ? argument + 1 : NULL, error);
}

FoveaArguments *
fovea_arguments_parse (const char *command,
                       const FoveaOption *const *groups,
                       const FoveaOption *foreign,
                       int max_positional,
                       const char *const *argv,
                       GError **error)
{
    g_autoptr (FoveaArguments) arguments = arguments_new (groups);
    Parser parser = {arguments, command, foreign, argv};
    gboolean options_ended = FALSE;
    while (*parser.next != NULL) {
        const char *argument = *parser.next++;
        gboolean fine = TRUE;
        if (options_ended || argument[0] != '-' || argument[1] == '\0')
            g_ptr_array_add (arguments->positional, g_strdup (argument));
        else if (g_str_equal (argument, "--"))
            options_ended = TRUE;
        else if (argument[1] == '-')
            fine = take_long (&parser, argument + 2, error);
        else
            fine = take_short (&parser, argument + 1, error);
        if (!fine)
            return NULL;
    }
    if (max_positional >= 0 && arguments->positional->len > (guint) max_positional) {
        const char *extra = g_ptr_array_index (arguments->positional, max_positional);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "%s: unexpected argument '%s' (at most %d; quote a text with spaces)", command,
                     extra, max_positional);
        return NULL;
    }
    return g_steal_pointer (&arguments);
}

/* Value of a listed option; a name that no table has is a bug here, not the user's. */
static const FoveaOptionValue *
get_value (const FoveaArguments *arguments, const char *name)
{
    int i = find_option (arguments, name, 0);
    g_assert (i >= 0);
    arguments->values[i].is_read = TRUE;
    return &arguments->values[i];
}

const char *
fovea_arguments_find_unread (const FoveaArguments *arguments)
{
    for (guint i = 0; i < arguments->options->len; i++) {
        const FoveaOption *option = g_ptr_array_index (arguments->options, i);
        if (arguments->values[i].is_set && !arguments->values[i].is_read)
            return option->name;
    }
    return NULL;
}

gboolean
fovea_arguments_has (const FoveaArguments *arguments, const char *name)
{
    return get_value (arguments, name)->is_set;
}

const char *
fovea_arguments_text (const FoveaArguments *arguments, const char *name, const char *fallback)
{
    const FoveaOptionValue *value = get_value (arguments, name);
    return value->is_set ? value->text : fallback;
}

char **
fovea_arguments_texts (const FoveaArguments *arguments, const char *name)
{
    static char *none[] = {NULL};
    const FoveaOptionValue *value = get_value (arguments, name);
    return value->is_set ? (char **) value->texts->pdata : none;
}

gint64
fovea_arguments_integer (const FoveaArguments *arguments, const char *name, gint64 fallback)
{
    const FoveaOptionValue *value = get_value (arguments, name);
    return value->is_set ? value->first : fallback;
}

double
fovea_arguments_number (const FoveaArguments *arguments, const char *name, double fallback)
{
    const FoveaOptionValue *value = get_value (arguments, name);
    return value->is_set ? value->number : fallback;
}

void
fovea_arguments_pair (const FoveaArguments *arguments,
                      const char *name,
                      gint64 *first,
                      gint64 *second)
{
    const FoveaOptionValue *value = get_value (arguments, name);
    if (value->is_set && value->first >= 0)
        *first = value->first;
    if (value->is_set && value->second >= 0)
        *second = value->second;
}

const gint32 *
fovea_arguments_ids (const FoveaArguments *arguments, const char *name, gint64 *n)
{
    const FoveaOptionValue *value = get_value (arguments, name);
    *n = value->is_set ? value->ids->len : 0;
    return value->is_set ? (const gint32 *) value->ids->data : NULL;
}

const char *
fovea_arguments_positional (const FoveaArguments *arguments, guint i)
{
    return i < arguments->positional->len ? g_ptr_array_index (arguments->positional, i) : NULL;
}

gboolean
fovea_arguments_exclude (const FoveaArguments *arguments, const char *const *names, GError **error)
{
    const char *first = NULL;
    for (; *names != NULL; names++) {
        if (!fovea_arguments_has (arguments, *names))
            continue;
        if (first != NULL) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s and --%s exclude each other",
                         first, *names);
            return FALSE;
        }
        first = *names;
    }
    return TRUE;
}

gboolean
fovea_arguments_need (const FoveaArguments *arguments,
                      const char *name,
                      const char *needed,
                      GError **error)
{
    if (!fovea_arguments_has (arguments, name) || fovea_arguments_has (arguments, needed))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s has no effect without --%s", name,
                 needed);
    return FALSE;
}
