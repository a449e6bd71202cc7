/** TCP port on which a host gives files on to others of its site, while kinit is at work (artifacts.fanOut: tree). */
export const HAND_ON_PORT = 10270;
