using System.Collections.Concurrent;
using System.Net;
using Sync.Store.Certificates;

namespace Sync.Store.Tests.Certificates;

/// <summary>A name service that knows what a test says, and what it was asked.</summary>
internal sealed class FakeHosts
{
    private readonly Dictionary<string, IReadOnlyList<IPAddress>> _addresses = [];
    private readonly Dictionary<IPAddress, IReadOnlyList<string>> _names = [];

    /// <summary>The questions: names and addresses.</summary>
    public ConcurrentBag<string> Asked { get; } = [];

    /// <summary>The answer to a question about what is not known.</summary>
    public static LookupAnswer<T> Unknown<T>(object question) => LookupAnswer<T>.None(question, "unknown");

    /// <summary>Enters a name.</summary>
    public void Add(string name, params IEnumerable<string> addresses) =>
        _addresses[name] = [.. addresses.Select(IPAddress.Parse)];

    /// <summary>Enters an address.</summary>
    public void AddAddress(string address, params IReadOnlyList<string> names) => _names[IPAddress.Parse(address)] = names;

    /// <summary>A check that asks here.</summary>
    public CallerOrigin NewOrigin(TimeProvider time) => new(AddressesOfAsync, NamesOfAsync, time);

    /// <summary>The addresses of a name.</summary>
    public Task<LookupAnswer<IPAddress>> AddressesOfAsync(string name) => AnswerAsync(_addresses, name);

    /// <summary>The names of an address.</summary>
    public Task<LookupAnswer<string>> NamesOfAsync(IPAddress address) => AnswerAsync(_names, address);

    private Task<LookupAnswer<T>> AnswerAsync<TQuestion, T>(
        Dictionary<TQuestion, IReadOnlyList<T>> known, TQuestion question)
        where TQuestion : notnull
    {
        Asked.Add($"{question}");
        return Task.FromResult(known.TryGetValue(question, out var found)
            ? new LookupAnswer<T>(found)
            : Unknown<T>(question));
    }
}
