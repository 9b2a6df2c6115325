// What a waiting version answers a page that asks it to take over while nobody looks.

export type UnseenAnswer = 'taken' | 'seen';
