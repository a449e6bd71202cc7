/** The day of a certificate's end or beginning, for a sentence: 2027-05-01. */
export const day = (date: Date): string => date.toISOString().slice(0, 10);
