/* tracker: the own ship's fix and the satellites in view, from a GPS receiver's sentences.
 *
 * Talkers GP, GL, GA, GB, GN and any other are accepted alike; satellites are kept by talker and signal.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_GPS_H
#define TRACKER_GPS_H

#include "nmea.h"

#define GPS_VIEWS_MAX 8

/* All take a sentence with the right formatter, return false if it is malformed, and then have changed nothing. */

bool gps_gga(const struct nmea_sentence *sentence);
bool gps_rmc(const struct nmea_sentence *sentence);
bool gps_vtg(const struct nmea_sentence *sentence);
bool gps_gsv(const struct nmea_sentence *sentence);

/* Print the line "own" and the lines "view". */
void gps_fix_print(void);
void gps_views_print(void);

/* A latitude and a longitude in 1/100000 minutes: N52 50.53669 E005 42.34920. */
void gps_position_print(int32_t latitude, int32_t longitude);

#endif
