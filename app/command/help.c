/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Help pages, made from the same tables that the parser obeys, so they cannot disagree with it. */
#include "app/command/command.h"

#include <string.h>

static const FoveaCommand *const commands[] = {
    &fovea_command_window,          &fovea_command_model,
    &fovea_command_tokenize,        &fovea_command_points,
    &fovea_command_generate,        &fovea_command_classify,
    &fovea_command_capture,         &fovea_command_heads,
    &fovea_command_recall,          &fovea_command_sae_train,
    &fovea_command_sae_info,        &fovea_command_sae_fold,
    &fovea_command_sae_encode,      &fovea_command_sae_eval,
    &fovea_command_sae_bench,       &fovea_command_sae_dashboard,
    &fovea_command_sae_probe,       &fovea_command_sae_steer,
    &fovea_command_sae_attribution, &fovea_command_sae_ablate,
    &fovea_command_sae_context,     &fovea_command_sae_induction,
    &fovea_command_sae_prefixes,    &fovea_command_figure,
    &fovea_command_export,          &fovea_command_import,
    &fovea_command_store_info,      &fovea_command_store_check,
    &fovea_command_store_remove,    &fovea_command_compare,
    &fovea_command_selfcheck,       NULL,
};

const FoveaCommand *const *
fovea_command_list (void)
{
    return commands;
}

/* Summaries stand in one column behind the longest name. */
static void
append_summary (GString *text, const FoveaCommand *command)
{
    gsize width = 0;
    for (guint i = 0; commands[i] != NULL; i++)
        width = MAX (width, strlen (commands[i]->name));
    g_string_append_printf (text, "  %-*s  %s\n", (int) width, command->name, command->summary);
}

char *
fovea_command_print_overview (void)
{
    GString *text = g_string_new ("fovea COMMAND [options]: look inside transformers\n\n");
    for (guint i = 0; commands[i] != NULL; i++)
        append_summary (text, commands[i]);
    g_string_append (text,
                     "\nMODEL is a Hugging Face folder, a checkpoint file, or the word demo.\n"
                     "'fovea help COMMAND' lists its options and shows an example;"
                     " 'fovea --version' says what this is.\n");
    return g_string_free (text, FALSE);
}

char *
fovea_command_print_group (const char *word)
{
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *start = g_strconcat (word, " ", NULL);
    for (guint i = 0; commands[i] != NULL; i++)
        if (g_str_has_prefix (commands[i]->name, start))
            append_summary (text, commands[i]);
    if (text->len == 0)
        return NULL;
    return g_strdup_printf ("fovea %s COMMAND [options]\n\n%s\n'fovea help %s COMMAND' lists its "
                            "options and shows an example.\n",
                            word, text->str, word);
}

/* One line an option: letter, name, placeholder, help. */
static void
append_options (GString *text, const FoveaOption *option)
{
    for (; option->name != NULL; option++) {
        g_autofree char *letter =
            option->letter != 0 ? g_strdup_printf ("-%c, ", option->letter) : g_strdup ("    ");
        g_autofree char *name =
            g_strdup_printf ("%s--%s%s%s", letter, option->name, option->value != NULL ? " " : "",
                             option->value != NULL ? option->value : "");
        g_string_append_printf (text, "  %-26s %s\n", name, option->help);
    }
}

char *
fovea_command_print_help (const FoveaCommand *command)
{
    GString *text = g_string_new (NULL);
    g_string_append_printf (text, "fovea %s %s\n\n%s.\n", command->name, command->usage,
                            command->summary);
    if (command->details != NULL)
        g_string_append_printf (text, "%s\n", command->details);
    g_string_append (text, "\nOptions:\n");
    append_options (text, command->options);
    if (command->runs_model)
        append_options (text, fovea_options_run);
    if (command->draws)
        append_options (text, fovea_options_draw);
    if (command->prints)
        append_options (text, fovea_options_output);
    append_options (text, fovea_options_always);
    g_string_append_printf (text, "\nExample:\n  %s\n", command->example);
    return g_string_free (text, FALSE);
}
