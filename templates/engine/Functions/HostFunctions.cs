using System.Text;
using Sync.Templates.Keys;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>confd's functions that look outside: environment, addresses, files, clock.</summary>
/// <remarks>Source: confd documentation, "Templates".</remarks>
internal static class HostFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Outside(Function.Variadic("getenv", [GoType.String, GoType.String], GoType.String, GetEnvironment)),
        Function.Of("datetime", [], GoType.Time, static (scope, _) => Value.OfReference(GoType.Time, TimeValue.Now(scope.Host.Clock))),
        Addresses("lookupIP", static _ => true),
        Addresses("lookupIPV4", static text => text.Contains('.', StringComparison.Ordinal)),
        Addresses("lookupIPV6", static text => text.Contains(':', StringComparison.Ordinal)),
        Outside(Function.Of("lookupSRV", [GoType.String, GoType.String, GoType.String], GoType.ServiceRecords, LookupServices)),
        Outside(Function.Of("fileExists", [GoType.String], GoType.Bool,
            static (scope, arguments) => Value.Of(scope.Host.FileExists(arguments[0].Text)))),
        Outside(Function.Of("hostname", [], GoType.String, static (scope, _) => Value.Of(scope.Host.HostName()))),
        Outside(Function.Of("lookupIfaceIPV4", [GoType.String], GoType.String,
            static (scope, arguments) => InterfaceAddress(scope, arguments[0], '.'))),
        Outside(Function.Of("lookupIfaceIPV6", [GoType.String], GoType.String,
            static (scope, arguments) => InterfaceAddress(scope, arguments[0], ':'))),
    ];

    private static Function Outside(Function function) => function with { ReachesOutside = true };

    // The default also stands in for a variable that is set to nothing.
    private static Value GetEnvironment(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var value = scope.Host.EnvironmentVariable(arguments[0].Text) ?? "";
        return value.Length == 0 && arguments.Length > 1 ? arguments[1] : Value.Of(value);
    }

    /// <summary>A function that gives those of a host's addresses that are wanted.</summary>
    internal static Function Addresses(string name, Func<string, bool> isWanted) =>
        Outside(Function.Of(name, [GoType.String], GoType.Strings, (scope, arguments) =>
            Value.OfStrings(scope.Host.LookupAddresses(arguments[0].Text).Where(isWanted)
                .Select(Encoding.UTF8.GetBytes).Order(ByteOrder.Instance))));

    private static Value InterfaceAddress(RenderScope scope, in Value name, char mark) =>
        Value.Of(scope.Host.InterfaceAddresses(name.Text)
            .FirstOrDefault(text => text.Contains(mark, StringComparison.Ordinal)) ?? "");

    private static Value LookupServices(RenderScope scope, ReadOnlySpan<Value> arguments) =>
        Value.OfReference(GoType.ServiceRecords, new ListValue([.. scope.Host
            .LookupServices(arguments[0].Text, arguments[1].Text, arguments[2].Text)
            .OrderBy(record => $"{record.Target}{record.Port}{record.Priority}{record.Weight}", StringComparer.Ordinal)
            .Select(AsPointer)]));

    private static Value AsPointer(ServiceRecord record) =>
        Value.OfReference(GoType.PointerTo(GoType.ServiceRecord), new Pointee(Value.OfReference(GoType.ServiceRecord, new[]
        {
            Value.Of(record.Target),
            Value.OfBits(GoType.Uint16, record.Port),
            Value.OfBits(GoType.Uint16, record.Priority),
            Value.OfBits(GoType.Uint16, record.Weight),
        })));
}
