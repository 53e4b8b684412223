namespace Sync.Metad.Listening;

/// <summary>
/// Which API a connection may reach. Set where the connection was accepted, so that nothing a request says, its Host
/// header least of all, decides it.
/// </summary>
/// <param name="IsManage">True for the manage API.</param>
internal sealed record ListenerRole(bool IsManage);
