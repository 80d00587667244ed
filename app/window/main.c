/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* fovea-window [STORE]: what `fovea window` and the desktop entry start. */
#include "app/window/application.h"

#include <stdio.h>
#include <unistd.h>

#include "app/window/language.h"
#include "ui/background.h"

#define MOST_WAIT_S 10 /* for jobs that a closed window has cancelled */

int
main (int argc, char **argv)
{
    fovea_language_start ();
    g_autoptr (FoveaApplication) application = fovea_application_new ();
    int status = g_application_run (G_APPLICATION (application), argc, argv);
    if (!fovea_background_finish (MOST_WAIT_S)) {
        fflush (NULL);
        _exit (status); /* without what exit() takes down under them */
    }
    return status;
}
