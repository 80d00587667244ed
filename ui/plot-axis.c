/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/plot-axis.h"

#include <glib.h>
#include <math.h>

#include "ui/token-text.h"

FoveaPlotAxis
fovea_plot_axis_make (double low, double high)
{
    FoveaPlotAxis axis = {low, high, 1};
    double span = MAX (high - low, 1e-6), decade = pow (10, floor (log10 (span / 4)));
    static const double factors[] = {1, 2, 5, 10};
    for (guint i = 0; i < G_N_ELEMENTS (factors); i++) {
        axis.step = decade * factors[i];
        if (span / axis.step <= 5)
            break;
    }
    axis.low = floor (low / axis.step + 1e-9) * axis.step;
    axis.high = ceil (high / axis.step - 1e-9) * axis.step;
    return axis;
}

char *
fovea_plot_axis_print (double value, double step)
{
    int digits = MAX ((int) ceil (-log10 (step) - 1e-6), 0);
    return digits > 0 ? g_strdup_printf ("%.*f", digits, value)
                      : fovea_number_text ((gint64) round (value));
}
