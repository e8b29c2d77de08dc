# Pages follow.
app_name = "assistance"
urlpatterns: list = []
