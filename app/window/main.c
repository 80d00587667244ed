/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* fovea-window [STORE]: what `fovea window` and the desktop entry start. */
#include "app/window/application.h"
#include "app/window/language.h"

int
main (int argc, char **argv)
{
    fovea_language_start ();
    g_autoptr (FoveaApplication) application = fovea_application_new ();
    return g_application_run (G_APPLICATION (application), argc, argv);
}
