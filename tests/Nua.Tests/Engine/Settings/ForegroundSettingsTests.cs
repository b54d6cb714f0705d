using System.Text;
using Nua.Engine.Contracts;
using Nua.Engine.Foreground;

namespace Nua.Tests.Engine.Settings;

public sealed class ForegroundSettingsTests
{
    private static readonly Dictionary<string, string> _nothing = [];

    [Fact]
    public void Settings_that_nobody_has_to_give_are_made_for_one_run()
    {
        var made = Make("""{"ADDRESS":{"external_ip":true},"KEY":{"random":true,"length":12},"DOMAIN":{"key":"domain"},"URL":"http://{DOMAIN}/","MAIL":{"key":"URL"}}""", _nothing);
        Assert.Equal(["ADDRESS", "DOMAIN", "KEY", "MAIL", "URL"], made.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("localhost", "http://localhost/", "http://localhost/", 12), (made["DOMAIN"], made["URL"], made["MAIL"], made["KEY"].Length));
    }

    [Fact]
    public void What_is_given_wins_and_is_seen_by_the_others()
    {
        var made = Make("""{"DOMAIN":{"key":"domain"},"URL":"http://{DOMAIN}/"}""", new() { ["DOMAIN"] = "shop.example" });
        Assert.Equal("http://shop.example/", Assert.Single(made).Value);
    }

    [Fact]
    public void Secret_beside_data_that_stays_and_values_of_a_service_are_left_to_the_user()
    {
        const string env = """{"KEY":{"random":true},"ONCE":{"random":true,"persist":false},"HOST":{"from":"db","key":"hostname"},"URL":"x://{HOST}"}""";
        Assert.Equal(["ONCE"], Make(env, _nothing, keepsData: true).Keys);
        Assert.Equal(["KEY", "ONCE"], Make(env, _nothing).Keys.Order(StringComparer.Ordinal));
        Assert.Equal("x://a", Make(env, new() { ["HOST"] = "a" })["URL"]);
    }

    private static IReadOnlyDictionary<string, string> Make(string env, Dictionary<string, string> given, bool keepsData = false) =>
        ForegroundSettings.Make(Contract(env), given, keepsData);

    private static AppContract Contract(string env) => AppContract.Parse(Encoding.UTF8.GetBytes($$"""
        {"env":{{env}},"lifecycle":{"contract":1,"secrets":[],"needs":[],"volumes":[{"name":"data","path":"/nua/data"}]},"runtime":{"app_id":"shop","version":"1.0","port":8080} }
        """), "test");
}
