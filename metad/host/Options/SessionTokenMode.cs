namespace Sync.Metad.Options;

/// <summary>Whether callers of the metadata API show a session token.</summary>
internal enum SessionTokenMode
{
    /// <summary>There are none; asking for one is 404, as for any other write.</summary>
    Off,

    /// <summary>They are given out; one that is shown must be good, and none need be shown.</summary>
    Optional,

    /// <summary>Every read shows one.</summary>
    Required,
}
