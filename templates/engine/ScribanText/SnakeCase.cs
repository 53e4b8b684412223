using System.Text;

namespace Sync.Templates.ScribanText;

/// <summary>Names in the manner of Scriban: <c>base64Encode</c> is also <c>base64_encode</c>.</summary>
internal static class SnakeCase
{
    /// <summary>A name with an underscore before each capital that follows a small letter or digit, all in lower case.</summary>
    public static string Of(string name)
    {
        var snake = new StringBuilder();
        for (var index = 0; index < name.Length; index++)
        {
            if (index > 0 && char.IsAsciiLetterUpper(name[index]) && !char.IsAsciiLetterUpper(name[index - 1]))
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(name[index]));
        }

        return snake.ToString();
    }
}
