namespace Sync.Etcd.Client.Connections;

/// <summary>Who the client is to a store with authentication on.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Password">The password, sent once a token is needed.</param>
public sealed record EtcdCredentials(string User, string Password)
{
    /// <summary>The user's name alone: a password is never printed.</summary>
    public override string ToString() => User;
}
