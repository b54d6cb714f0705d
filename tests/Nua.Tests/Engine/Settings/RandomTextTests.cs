using Nua.Engine.Settings;

namespace Nua.Tests.Engine.Settings;

public sealed class RandomTextTests
{
    [Theory]
    [InlineData("hex:64", 64, "0123456789abcdef")]
    [InlineData("alnum:4", 4, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")]
    [InlineData("base64:43", 43, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/")]
    public void Secret_has_the_declared_form(string form, int length, string alphabet)
    {
        var value = RandomText.Generate(form)!;
        Assert.Equal(length, value.Length);
        Assert.All(value, c => Assert.Contains(c, alphabet));
        Assert.NotEqual(value, RandomText.Generate(form) + "x");
    }

    [Theory]
    [InlineData("hex")]
    [InlineData("hex:3")]
    [InlineData("hex:5000")]
    [InlineData("hex:-8")]
    [InlineData("words:8")]
    [InlineData("hex:8:8")]
    public void Form_that_is_not_known_gives_nothing(string form) => Assert.Null(RandomText.Generate(form));

    [Theory]
    [InlineData(null, 24)]
    [InlineData(5, 5)]
    [InlineData(1, 5)]
    [InlineData(40, 40)]
    public void Password_is_one_that_other_programs_take(int? wanted, int length)
    {
        for (var i = 0; i < 50; i++)
        {
            var password = RandomText.Password(wanted);
            Assert.Equal(length, password.Length);
            Assert.True(char.IsAsciiLetter(password[0]), password);
            Assert.True(password.Any(char.IsAsciiLetterLower) && password.Any(char.IsAsciiLetterUpper), password);
            Assert.True(password.Count(char.IsAsciiDigit) >= 3, password);
        }
    }
}
