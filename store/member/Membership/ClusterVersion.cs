using System.Globalization;

namespace Sync.Member.Membership;

/// <summary>A version of etcd that a member tells its clients, or that all members of a cluster can go by.</summary>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second one. What follows it is a matter of each member alone.</param>
/// <remarks>Source: etcd, server/etcdserver/version.</remarks>
public readonly record struct ClusterVersion(int Major, int Minor) : IComparable<ClusterVersion>
{
    /// <summary>What a cluster tells until all its members have told their versions.</summary>
    public static ClusterVersion Least { get; } = new(3, 0);

    /// <summary>The version one minor below; null where there is none.</summary>
    public ClusterVersion? OneLower => Minor > 0 ? this with { Minor = Minor - 1 } : null;

    /// <summary>Reads <c>X.Y</c> or <c>X.Y.Z</c>.</summary>
    /// <returns>Null when the text is of another form.</returns>
    public static ClusterVersion? Parse(string text)
    {
        var numbers = text.Split('.');
        return numbers.Length is 2 or 3 && numbers.All(IsNumber)
            ? new ClusterVersion(NumberOf(numbers[0]), NumberOf(numbers[1]))
            : null;
    }

    /// <inheritdoc/>
    public int CompareTo(ClusterVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <summary>Whether one version is below another.</summary>
    public static bool operator <(ClusterVersion left, ClusterVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether one version is above another.</summary>
    public static bool operator >(ClusterVersion left, ClusterVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether one version is another, or below it.</summary>
    public static bool operator <=(ClusterVersion left, ClusterVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one version is another, or above it.</summary>
    public static bool operator >=(ClusterVersion left, ClusterVersion right) => left.CompareTo(right) >= 0;

    /// <summary>The version as etcd writes it: <c>3.6.0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.0");

    private static int NumberOf(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static bool IsNumber(string text) =>
        text.All(char.IsAsciiDigit) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
