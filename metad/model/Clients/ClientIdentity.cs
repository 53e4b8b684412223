using System.Collections.Immutable;
using Sync.Metad.Model.Mapping;

namespace Sync.Metad.Model.Clients;

/// <summary>Who a caller is: an address, names that something trusted vouches for, or both.</summary>
/// <remarks>
/// The mapping that counts is that of the first key that has one, and so are the rules, the names in their order and
/// the address last. Equal identities are shown the same.
/// </remarks>
public readonly record struct ClientIdentity
{
    private readonly ClientAddress _address;
    private readonly bool _hasAddress;
    private readonly ClientNames? _names;
    private readonly LabelMapping? _label;

    /// <summary>A caller that is known by its address alone.</summary>
    /// <param name="address">The canonical address.</param>
    public ClientIdentity(ClientAddress address)
    {
        _address = address;
        _hasAddress = true;
    }

    /// <summary>A caller with names.</summary>
    /// <param name="address">The canonical address; null when it has none, as at a Unix socket.</param>
    /// <param name="names">The names, the most specific first; may be empty.</param>
    public ClientIdentity(ClientAddress? address, ImmutableArray<ClientName> names)
    {
        _address = address ?? default;
        _hasAddress = address is not null;
        _names = names.IsEmpty ? null : new(names);
    }

    /// <summary>The same caller with what its container's label says.</summary>
    /// <param name="client">The caller.</param>
    /// <param name="label">What counts where no entry names the caller or its address; null is nothing.</param>
    public ClientIdentity(ClientIdentity client, LabelMapping? label)
    {
        this = client;
        _label = label;
    }

    /// <summary>The address; null when the caller has none.</summary>
    public ClientAddress? Address => _hasAddress ? _address : null;

    /// <summary>The names, the most specific first; may be empty.</summary>
    public ImmutableArray<ClientName> Names => _names?.List ?? [];

    /// <summary>What the label of the caller's container says; null when it says nothing, or labels do not count.</summary>
    public LabelMapping? Label => _label;

    /// <summary>
    /// Whom limits are counted for: the first name that a caller cannot multiply, else the address, else the last name.
    /// </summary>
    public string Account
    {
        get
        {
            foreach (var name in Names)
            {
                if (name.IsOwn)
                {
                    return name.Text;
                }
            }

            return _hasAddress || _names is null ? _address.ToString() : _names.List[^1].Text;
        }
    }

    /// <summary>The key that mappings and rules are stored by.</summary>
    /// <param name="text">An address or a name, as written by a user.</param>
    /// <returns>Its canonical text; null when it is neither.</returns>
    public static string? CanonicalKey(string text) =>
        ClientAddress.TryParse(text, out var address) ? address.ToString()
        : ClientName.TryParse(text, out var name) ? name.Text
        : null;

    /// <summary>The names in their order and the address, separated by blanks.</summary>
    public override string ToString() =>
        string.Join(' ', Names.Select(name => name.Text).Concat(_hasAddress ? [_address.ToString()] : []));

    // Held by reference so that an identity stays small, and compared by content.
    private sealed class ClientNames(ImmutableArray<ClientName> list) : IEquatable<ClientNames>
    {
        private readonly int _hash = HashOf(list);

        public ImmutableArray<ClientName> List { get; } = list;

        public bool Equals(ClientNames? other) =>
            other is not null && (ReferenceEquals(this, other) || List.AsSpan().SequenceEqual(other.List.AsSpan()));

        public override bool Equals(object? obj) => Equals(obj as ClientNames);

        public override int GetHashCode() => _hash;

        private static int HashOf(ImmutableArray<ClientName> list)
        {
            var hash = default(HashCode);
            foreach (var name in list)
            {
                hash.Add(name);
            }

            return hash.ToHashCode();
        }
    }
}
