using System.Runtime.Versioning;

// The program runs on Linux, and its tests look at modes of files.
[assembly: SupportedOSPlatform("linux")]
